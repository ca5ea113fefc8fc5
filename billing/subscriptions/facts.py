"""A subscription as Stripe tells it, in our words: pure translation, no database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """One subscription at Stripe. ``price_ids`` are the ids of its items' prices, in Stripe's order."""

    stripe_id: str
    status: str
    price_ids: tuple[str, ...]
    quantity: int
    current_period_start: datetime
    current_period_end: datetime
    trial_end: datetime | None
    cancel_at: datetime | None
    ended_at: datetime | None
    started_at: datetime


def facts_of(subscription: stripe.Subscription) -> SubscriptionFacts:
    """Translate. Since API version 2025-03-31 the paid period is the items', not the subscription's."""
    told: dict[str, Any] = subscription.to_dict()
    items: list[dict[str, Any]] = told["items"]["data"]
    first = items[0] if items else {}
    started_at = datetime.fromtimestamp(told["start_date"], tz=UTC)
    period_end = _when(first.get("current_period_end")) or started_at
    return SubscriptionFacts(
        stripe_id=told["id"],
        status=told["status"],
        price_ids=tuple(item["price"]["id"] for item in items),
        quantity=first.get("quantity") or 1,
        current_period_start=_when(first.get("current_period_start")) or started_at,
        current_period_end=period_end,
        trial_end=_when(told.get("trial_end")),
        cancel_at=_when(told.get("cancel_at")) or (period_end if told.get("cancel_at_period_end") else None),
        ended_at=_when(told.get("ended_at")),
        started_at=started_at,
    )


def _when(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None
