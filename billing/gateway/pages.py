"""What we ask Stripe about everything it has, one page at a time: so many calls, however many customers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import stripe
from stripe import StripeClient

from billing.gateway.client import ask
from billing.gateway.subscriptions import LARGEST_PAGE

if TYPE_CHECKING:
    from stripe.params import CustomerListParams, InvoiceListParams, SubscriptionListParams

Item = TypeVar("Item")

RECENT = timedelta(days=35)  # what changes later than this after it was billed has an event of its own


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of Stripe's objects, newest first. ``next_cursor`` leads on; it is empty on the last page."""

    items: tuple[Item, ...]
    ids: tuple[str, ...]
    next_cursor: str = ""


def page_of_customers(after: str) -> Page[stripe.Customer]:
    """Customers, without the deleted ones; ``after`` is the cursor of the page before, or empty."""
    params: CustomerListParams = {"limit": LARGEST_PAGE}
    if after:
        params["starting_after"] = after
    return _page(lambda client: client.v1.customers.list(params))


def page_of_subscriptions(after: str) -> Page[stripe.Subscription]:
    """Subscriptions of everybody, ended ones too."""
    params: SubscriptionListParams = {"limit": LARGEST_PAGE, "status": "all", "expand": ["data.schedule"]}
    if after:
        params["starting_after"] = after
    return _page(lambda client: client.v1.subscriptions.list(params))


def page_of_invoices(after: str) -> Page[stripe.Invoice]:
    """Invoices of everybody made within ``RECENT``, drafts too, with what paid them."""
    params: InvoiceListParams = {
        "limit": LARGEST_PAGE,
        "created": {"gte": int(time() - RECENT.total_seconds())},
        "expand": ["data.payments"],
    }
    if after:
        params["starting_after"] = after
    return _page(lambda client: client.v1.invoices.list(params))


def recent_invoices(*, customer_id: str) -> tuple[stripe.Invoice, ...]:
    """The customer's latest hundred, in the same shape: one call."""
    params: InvoiceListParams = {
        "customer": customer_id,
        "limit": LARGEST_PAGE,
        "created": {"gte": int(time() - RECENT.total_seconds())},
        "expand": ["data.payments"],
    }
    return _page(lambda client: client.v1.invoices.list(params)).items


def payer_of(invoice: stripe.Invoice) -> str:
    """The Stripe id of who is billed."""
    customer = invoice.customer
    return customer if isinstance(customer, str) else customer.id if customer else ""


def _page(question: Callable[[StripeClient], Any]) -> Page[Any]:
    answer = ask(question)
    ids = tuple(item.id for item in answer.data)
    return Page(tuple(answer.data), ids, ids[-1] if answer.has_more and ids else "")
