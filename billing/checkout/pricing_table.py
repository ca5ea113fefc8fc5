"""Stripe's own pricing table: for whom it is there, and what it needs."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from billing.checkout.pricing_table_settings import PricingTableSettings
from billing.customers.services import ensure_customer
from billing.entitlements.queries import current_subscription
from billing.gateway.pricing_table import create_table_session

HOST = "https://js.stripe.com"
SCRIPT = f"{HOST}/v3/pricing-table.js"


@dataclass(frozen=True, slots=True)
class StripesTable:
    """What a page needs to load the table: its script's address is Stripe's own."""

    table_id: str
    publishable_key: str
    script: str = SCRIPT


@dataclass(frozen=True, slots=True)
class TableSession:
    """What makes the table buy for one customer, for half an hour. Never to be kept anywhere."""

    client_secret: str
    reference: str


def table_for(user: Any) -> StripesTable | None:
    """The table for this person: where one is configured, and somebody is signed in who has no plan.

    A visitor who bought by it would have no account; somebody with a plan would buy a second one.
    """
    if not user.is_authenticated or user.pk is None:
        return None
    configured = PricingTableSettings.load()
    if not configured.table_id or not configured.publishable_key or current_subscription(user):
        return None
    return StripesTable(configured.table_id, configured.publishable_key)


def open_table_session(user: Any) -> TableSession:
    """A session of the table for this person's own customer. Raises a ``StripeFailure``."""
    customer = ensure_customer(user=user)
    told = create_table_session(customer_id=customer.stripe_id)
    return TableSession(told.client_secret, str(customer.reference))


def allow_stripes_table(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let Stripe's script and frame run on this answer, if its reader gets the table."""
    if table_for(request.user):
        response._csp_update = {"script-src": [HOST], "frame-src": [HOST]}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's documented seam
