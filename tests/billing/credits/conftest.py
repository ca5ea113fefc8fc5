"""Somebody with credits, and the proof after every test that the ledger is sound."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from billing.catalog.packs import CreditPack
from billing.credits.clock import at
from billing.credits.grants import Granted, Terms, grant
from billing.credits.invariants import violations
from billing.credits.models import CreditAllocation
from billing.customers.models import StripeCustomer
from tests.billing.subscriptions.conftest import customer, subscribe  # noqa: F401
from tests.factories.billing import StripeCustomerFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def payer(db: None) -> StripeCustomer:
    return StripeCustomerFactory()


@pytest.fixture
def give(payer: StripeCustomer) -> Callable[..., Granted]:
    """Grants credits to the payer from a source of its own."""
    numbers = count(1)

    def make(amount: Any, to: StripeCustomer = payer, source: str = "admin", **terms: Any) -> Granted:
        reference = terms.pop("source_ref", f"test-{next(numbers)}")
        return grant(customer=to, amount=amount, terms=Terms(source, reference, **terms))

    return make


@pytest.fixture
def noon() -> Iterator[datetime]:
    """It is noon of the first of March for the ledger, until a test says otherwise."""
    with at(NOON):
        yield NOON


@pytest.fixture(autouse=True)
def _sound_ledger(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did, the ledger holds."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        assert [str(violation) for violation in violations()] == []


def parts(entry_id: int) -> list[tuple[str, Decimal]]:
    """What an entry moved, in order."""
    rows = CreditAllocation.objects.filter(entry_id=entry_id).select_related("lot").order_by("pk")
    return [(row.lot.source_ref if row.lot else "debt", row.amount) for row in rows]


@pytest.fixture
def sell_pack(stripe: Any, db: None) -> Callable[..., CreditPack]:
    """Puts a hundred credits on sale, here and at Stripe."""

    def make(key: str, amount: int, currency: str) -> CreditPack:
        client = stripe.client()
        product = client.v1.products.create({"name": "100 credits"})
        terms = {"product": product.id, "currency": currency.lower(), "unit_amount": amount}
        made: CreditPack = CreditPack.objects.create(
            key=key, name="100 credits", credits=100, amount=amount, currency=currency,
            stripe_product_id=product.id, stripe_price_id=client.v1.prices.create(terms).id,
        )  # fmt: skip
        return made

    return make


@pytest.fixture
def pack(sell_pack: Callable[..., CreditPack]) -> CreditPack:
    """A hundred credits for 9 €, on sale."""
    return sell_pack("hundred", 900, "EUR")


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Nobody has asked for anything yet."""
    cache.clear()


@pytest.fixture
def visitor(customer: StripeCustomer) -> Client:  # noqa: F811
    """The customer's browser."""
    client = Client()
    client.force_login(customer.user)
    return client


def buy(visitor: Client, pack: CreditPack, reference: UUID | None = None, **fields: Any) -> Any:
    """Send the order form of ``pack``."""
    order = {"reference": str(reference or uuid4()), "quantity": 1, **fields}
    return visitor.post(reverse("billing:buy_credits", args=[pack.key]), order)
