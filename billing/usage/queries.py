"""Reads of what was used; the totals of a person can come along with the person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from billing.usage.models import UsageEvent, UsageTotal
from billing.usage.periods import current_starts

Totals = dict[tuple[int, datetime], int]


def totals_beside(user: str, *, now: datetime) -> ArraySubquery:
    """The totals of all current periods as a column beside a user; ``user`` names the user's key."""
    totals = UsageTotal.objects.filter(customer__user=OuterRef(user), period_start__in=current_starts(now))
    return ArraySubquery(
        totals.values(row=JSONObject(feature="feature_id", start="period_start", used="quantity"))
    )


def totals_from(rows: Iterable[dict[str, Any]]) -> Totals:
    """What ``totals_beside`` brought, by feature and start of the period."""
    return {(row["feature"], datetime.fromisoformat(row["start"])): row["used"] for row in rows}


def total_of(customer_id: int, feature_id: int, start: datetime) -> int:
    """What was used of one feature in the period that began at ``start``."""
    totals = UsageTotal.objects.filter(customer=customer_id, feature=feature_id, period_start=start)
    return totals.values_list("quantity", flat=True).first() or 0


def keys_counted(customer_id: int, feature_id: int, start: datetime, keys: Iterable[str]) -> set[str]:
    """Which of ``keys`` counted already in the period: they may be used again for nothing."""
    events = UsageEvent.objects.filter(
        customer=customer_id, feature=feature_id, period_start=start, event_id__in=list(keys)
    )
    return set(events.values_list("event_id", flat=True))
