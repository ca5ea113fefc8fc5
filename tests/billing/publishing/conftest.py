"""A Stripe account of their own for the tests of publishing."""

from collections.abc import Iterator

import pytest

from billing.catalog.models import Plan
from billing.gateway.client import connection
from sandbox.stripe import Sandbox, contract
from tests.factories.billing import PlanVersionFactory, PriceFactory


@pytest.fixture
def account() -> Iterator[Sandbox]:
    """An empty account behind our gateway; every request is checked against Stripe's own types."""
    sandbox = Sandbox()
    sandbox.observers.append(contract.check)
    connection.open(http_client=sandbox.http_client())
    yield sandbox
    connection.close()
    sandbox.close()


@pytest.fixture
def team(db: None) -> Plan:
    """A plan with a monthly and a yearly price, and another one beside it."""
    other = PlanVersionFactory(plan__key="solo")
    PriceFactory(version=other, amount=900)
    version = PlanVersionFactory(plan__key="team", plan__name="Team", plan__description="For teams.")
    PriceFactory(version=version)
    PriceFactory(version=version, interval="year", amount=19000)
    return version.plan
