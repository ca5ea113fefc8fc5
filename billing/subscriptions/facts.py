"""A subscription as Stripe tells it, in our words: pure translation, no database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """One subscription at Stripe. ``price_ids`` are the ids of its items' prices, in Stripe's order.

    ``next_stripe_price_id`` is what a schedule changes it to at ``changes_at``; both are empty without one.
    """

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
    item_stripe_id: str
    schedule_stripe_id: str
    next_stripe_price_id: str
    changes_at: datetime | None


def facts_of(subscription: stripe.Subscription) -> SubscriptionFacts:
    """Translate. Since API version 2025-03-31 the paid period is the items', not the subscription's."""
    told: dict[str, Any] = subscription.to_dict()
    items: list[dict[str, Any]] = told["items"]["data"]
    first = items[0] if items else {}
    started_at = datetime.fromtimestamp(told["start_date"], tz=UTC)
    period_end = _when(first.get("current_period_end")) or started_at
    planned = _planned(told.get("schedule"))
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
        item_stripe_id=first.get("id", ""),
        schedule_stripe_id=_id_of(told.get("schedule")),
        next_stripe_price_id=_id_of(planned["items"][0]["price"]) if planned else "",
        changes_at=_when(planned["start_date"]) if planned else None,
    )


def _planned(schedule: Any) -> dict[str, Any] | None:
    """The phase that follows the running one; a schedule that was not expanded tells none."""
    if not isinstance(schedule, dict) or not schedule.get("current_phase"):
        return None
    ends = schedule["current_phase"]["end_date"]
    return next((phase for phase in schedule["phases"] if phase["start_date"] >= ends), None)


def _id_of(named: Any) -> str:
    """The id of something that Stripe gives as an id or in full."""
    return (named["id"] if isinstance(named, dict) else named) or ""


def _when(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None
