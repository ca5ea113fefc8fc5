"""A sandbox with a frozen clock whose every request, answer and event is checked against stripe-python."""

from collections.abc import Iterator

import pytest
import stripe

from sandbox.stripe import Sandbox, answers, contract
from tests.factories.stripe import NOON, Shop


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(now=NOON, seed=7)
    made.observers.append(contract.check)
    yield made
    faults = [fault for event in made.find("event") for fault in answers.faults(event)]
    made.close()
    assert faults == []


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    return sandbox.client()


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)
