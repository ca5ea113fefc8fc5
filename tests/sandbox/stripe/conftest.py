"""A sandbox with a frozen clock whose every request, answer and event is checked against stripe-python."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from sandbox.stripe import Sandbox, answers, contract
from tests.factories.stripe import NOON, Shop
from tests.factories.stripe_server import Server


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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "state.sqlite3")
    made.start()
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGTERM)
