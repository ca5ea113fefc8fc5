"""What must be true when the trouble is over: our rows are Stripe's, each thing is once, nobody is needed."""

from collections.abc import Iterable
from typing import Any

import stripe

from billing.catalog.models import Price
from billing.credits.models import CreditLot
from billing.customers.models import StripeCustomer
from billing.invoices.models import Invoice
from billing.notices.models import Alert, Notice
from billing.notices.topics import RECEIPT
from billing.subscriptions.models import Subscription
from billing.webhooks.alarms import REFUND
from billing.webhooks.models import InboxEvent

ENDED = ("canceled", "incomplete_expired")


def require_the_truth(client: stripe.StripeClient, customers: Iterable[StripeCustomer]) -> None:
    """Raise ``AssertionError`` unless everything we keep about these customers is what Stripe has."""
    for customer in customers:
        stripe_id = customer.stripe_id
        customer.refresh_from_db()
        if getattr(client.v1.customers.retrieve(stripe_id), "deleted", False):
            _require_gone(customer)
            continue
        invoices = list(client.v1.invoices.list({"customer": stripe_id, "limit": 100}).auto_paging_iter())
        _require_subscriptions(customer, client, stripe_id)
        _require_invoices(customer, invoices)
        _require_credits(invoices)
        _require_receipts(customer, invoices)
    require_nobody()


def require_nobody() -> None:
    """Nothing waits, nothing was given up, nothing asks for a person; a refund is news, not trouble."""
    states = set(InboxEvent.objects.values_list("state", flat=True))
    assert states <= {"processed", "ignored"}, states
    alerts = Alert.objects.filter(closed_at=None).exclude(rule=REFUND)
    assert list(alerts.values_list("sentence", flat=True)) == []


def _require_gone(customer: StripeCustomer) -> None:
    assert customer.stripe_id == ""
    assert not Subscription.objects.filter(customer=customer).exclude(status__in=ENDED).exists()


def _require_subscriptions(customer: StripeCustomer, client: stripe.StripeClient, stripe_id: str) -> None:
    told = client.v1.subscriptions.list({"customer": stripe_id, "status": "all", "limit": 100})
    rows = Subscription.objects.filter(customer=customer).select_related("price")
    ours = {
        row.stripe_id: (row.status, row.price.stripe_price_id, row.current_period_end.timestamp())
        for row in rows
    }
    theirs = {}
    for plan in told.auto_paging_iter():
        item = plan["items"].data[0]
        theirs[plan.id] = (plan.status, item.price.id, item.current_period_end)
    assert ours == theirs


def _require_invoices(customer: StripeCustomer, invoices: list[Any]) -> None:
    ours = dict(Invoice.objects.filter(customer=customer).values_list("stripe_id", "status"))
    assert ours == {one.id: one.status for one in invoices if one.status != "draft"}


def _require_credits(invoices: list[Any]) -> None:
    """Each paid line of a plan with credits brought one lot, of as much as the plan says."""
    given = {
        price.stripe_price_id: price.version.credits_per_period
        for price in Price.objects.select_related("version")
    }
    for invoice in invoices:
        for line in invoice.lines.data if invoice.status == "paid" else ():
            wanted = given.get(_price_of(line))
            if wanted and line.amount >= 0 and not _is_proration(line):
                lots = CreditLot.objects.filter(source_ref=line.id).values_list("granted", flat=True)
                assert list(lots) == [wanted], f"{line.id} has the lots {list(lots)}"


def _require_receipts(customer: StripeCustomer, invoices: list[Any]) -> None:
    """One receipt for each invoice that was paid with money."""
    paid = {f"invoice:{one.id}:paid" for one in invoices if one.status == "paid" and one.amount_paid}
    told = Notice.objects.filter(user_id=customer.user_id, topic=RECEIPT.key)
    assert set(told.values_list("key", flat=True)) == paid


def _price_of(line: Any) -> str:
    told = line.to_dict()
    return str(((told.get("pricing") or {}).get("price_details") or {}).get("price", ""))


def _is_proration(line: Any) -> bool:
    parent = line.to_dict().get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return bool(details.get("proration"))
