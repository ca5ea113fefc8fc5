"""What a reconcile changed about a subscription, in sentences for the admin: pure, without a database."""

from collections.abc import Mapping
from datetime import datetime

from billing.subscriptions.models import Subscription

# What an admin would look for, and what they call it; when it was last read is no change.
WORDS = {
    "status": "status",
    "price_id": "price",
    "quantity": "quantity",
    "current_period_end": "period end",
    "trial_end": "trial end",
    "cancel_at": "ends at",
    "next_stripe_price_id": "next price",
    "ended_at": "ended at",
}


def facts_shown(row: Subscription) -> dict[str, object]:
    """The row as it stands, to be compared later."""
    return {field: getattr(row, field) for field in WORDS}


def describe_change(row: Subscription, before: Mapping[str, object] | None) -> list[str]:
    """What differs from ``before``, in one sentence; a row that is new says so."""
    if before is None:
        return [f"Subscription {row.stripe_id} is new: {row.status}."]
    told = [
        f"{words} {_said(before[field])} → {_said(getattr(row, field))}"
        for field, words in WORDS.items()
        if before[field] != getattr(row, field)
    ]
    return [f"Subscription {row.stripe_id}: {', '.join(told)}."] if told else []


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "none" if value is None else str(value)
