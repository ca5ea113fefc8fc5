"""The billing page of a customer of five years, with Stripe and while it is away: flat, under a ceiling."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks.measure import Form, Result, percentile, summarise
from billing.gateway.breaker import close_breaker
from billing.gateway.client import ask, connection
from billing.gateway.errors import StripeUnavailable
from tests.factories.billing import InvoiceFactory, PriceFactory, SubscriptionFactory

MONTHS = 60
MOST_MS = 150.0
ROUNDS = 9
IN_A_ROUND = 20

pytestmark = pytest.mark.django_db


class Silent(stripe.HTTPClient):  # type: ignore[misc]
    """A network in which nobody answers: every call fails, and is counted."""

    name = "silent"
    calls = 0

    def request(self, *_: Any, **__: Any) -> Any:
        """No answer."""
        type(self).calls += 1
        raise stripe.APIConnectionError("Nobody answers.", should_retry=False)


@pytest.fixture
def away() -> Iterator[None]:
    """Nobody answers, and the breaker has noticed."""
    connection.open(http_client=Silent())
    close_breaker()
    for _ in range(settings.STRIPE_BREAKER_FAILURES):
        with pytest.raises(StripeUnavailable):
            ask(lambda client: client.v1.customers.list())
    yield
    close_breaker()
    connection.close()


def customer_of(months: int) -> Client:
    """Somebody who paid for so many months, signed in."""
    began = timezone.now() - timedelta(days=30 * months)
    subscription = SubscriptionFactory(price=PriceFactory(), started_at=began)
    for month in range(months):
        issued = began + timedelta(days=30 * month)
        InvoiceFactory(
            customer=subscription.customer, issued_at=issued, period_start=issued, period_end=issued
        )
    client = Client()
    client.force_login(subscription.customer.user)
    return client


def p95(client: Client) -> float:
    """Milliseconds within which 95 in 100 answers come, each measured as the server measures it."""
    return percentile([_milliseconds(client) for _ in range(IN_A_ROUND)], 0.95)


def _milliseconds(client: Client) -> float:
    began = timezone.now()
    assert client.get("/billing/").status_code == 200
    return (timezone.now() - began).total_seconds() * 1000


def report_on(name: str, report: Callable[[Result], None], goal: float) -> None:
    """Compare five years with one payment, in turns, and with the most that a page may take."""
    old, new = customer_of(MONTHS), customer_of(1)
    rounds = [(p95(old), p95(new)) for _ in range(ROUNDS + 1)][1:]
    report(summarise(name, rounds, peer_name="with one invoice", goal=goal, unit="ms", form=Form.COST))
    ceiling = [(own, MOST_MS) for own, _ in rounds]
    report(summarise(name, ceiling, peer_name="the most it may take", goal=1, unit="ms"))


def test_five_years_of_history(report: Callable[[Result], None]) -> None:
    report_on(f"p95 of /billing/ with {MONTHS} invoices", report, goal=1.3)


def test_five_years_of_history_while_stripe_is_away(report: Callable[[Result], None], away: None) -> None:
    before = Silent.calls
    report_on(f"p95 of /billing/ with {MONTHS} invoices, Stripe away", report, goal=1.3)
    assert Silent.calls == before
