"""An invoice as Stripe tells it, in our words: pure translation, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One finalized invoice; the names are those of the row. ``intents``: the payments it was tried with."""

    stripe_id: str
    subscription_stripe_id: str
    number: str
    status: str
    reason: str
    currency: str
    subtotal: int
    discount: int
    tax: int
    total: int
    amount_due: int
    amount_paid: int
    amount_remaining: int
    credited: int
    refunded: int
    period_start: datetime
    period_end: datetime
    issued_at: datetime
    paid_at: datetime | None
    next_attempt_at: datetime | None
    attempts: int
    needs_action: bool
    lines: list[dict[str, Any]]


def facts_of(
    invoice: stripe.Invoice, *, refunds: Mapping[str, int], needs_action: bool
) -> InvoiceFacts | None:
    """Translate; nothing for a draft, which Stripe may still change or throw away.

    ``refunds``: what was given back, by the id of the payment intent.
    """
    told: dict[str, Any] = invoice.to_dict()
    if told["status"] == DRAFT:
        return None
    moments = told["status_transitions"]
    start, end = _period(told)
    return InvoiceFacts(
        stripe_id=told["id"],
        subscription_stripe_id=_subscription(told),
        number=told["number"] or "",
        status=told["status"],
        reason=told["billing_reason"] or "",
        currency=told["currency"].upper(),
        subtotal=told["subtotal"],
        discount=sum(entry["amount"] for entry in told["total_discount_amounts"] or []),
        tax=sum(entry["amount"] for entry in told["total_taxes"] or []),
        total=told["total"],
        amount_due=told["amount_due"],
        amount_paid=told["amount_paid"],
        amount_remaining=told["amount_remaining"],
        credited=told["pre_payment_credit_notes_amount"] + told["post_payment_credit_notes_amount"],
        refunded=sum(refunds.get(intent, 0) for intent in intents_of(invoice)),
        period_start=start,
        period_end=end,
        issued_at=_when(moments["finalized_at"]) or _when(told["created"]) or end,
        paid_at=_when(moments["paid_at"]),
        next_attempt_at=_when(told["next_payment_attempt"]),
        attempts=told["attempt_count"],
        needs_action=needs_action,
        lines=[_line(line) for line in told["lines"]["data"]],
    )


def intents_of(invoice: stripe.Invoice) -> list[str]:
    """The ids of the payment intents behind the invoice; needs its payments expanded."""
    told: dict[str, Any] = invoice.to_dict()
    payments = (told.get("payments") or {}).get("data", [])
    found = (payment["payment"].get("payment_intent") for payment in payments)
    return [intent["id"] if isinstance(intent, dict) else intent for intent in found if intent]


def _subscription(told: Mapping[str, Any]) -> str:
    details = (told.get("parent") or {}).get("subscription_details") or {}
    subscription = details.get("subscription") or ""
    return subscription["id"] if isinstance(subscription, Mapping) else subscription


def _period(told: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The time the lines are for; Stripe's own period of an invoice is the one before it."""
    periods = [line["period"] for line in told["lines"]["data"]]
    starts = [period["start"] for period in periods] or [told["period_start"]]
    ends = [period["end"] for period in periods] or [told["period_end"]]
    return datetime.fromtimestamp(min(starts), tz=UTC), datetime.fromtimestamp(max(ends), tz=UTC)


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": line["description"] or "",
        "amount": line["amount"],
        "quantity": line["quantity"] or 1,
        "start": _day(line["period"]["start"]),
        "end": _day(line["period"]["end"]),
    }


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).date().isoformat()


def _when(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None
