"""What a customer is told when their subscription changes, whoever changed it: they, Stripe or the clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing.catalog.models import Price
from billing.notices import topics
from billing.notices.services import notify
from billing.subscriptions.models import Subscription

Status = Subscription.Status

# What began or ended earlier is history: a customer who is read for the first time gets no mail about it.
NEWS = timedelta(days=3)
RUNNING = frozenset({Status.TRIALING, Status.ACTIVE})
WAITED = frozenset({None, Status.INCOMPLETE})


def tell_change(row: Subscription, before: Mapping[str, Any] | None, *, user: Any, read: int) -> None:
    """Tell what differs from ``before``, each thing once: ``read`` numbers the read that showed it."""
    was = before or {"status": None, "price_id": row.price_id, "next_stripe_price_id": "", "cancel_at": None}
    if row.status in RUNNING and was["status"] in WAITED and row.started_at > timezone.now() - NEWS:
        _tell(row, topics.WELCOME, user, "welcome", plan=_plan(row))
    if row.price_id != was["price_id"]:
        _tell_of_plan(row, was["price_id"], user, read)
    if row.next_stripe_price_id and row.next_stripe_price_id != was["next_stripe_price_id"]:
        _tell_of_planned(row, user, read)
    if row.ended_at or row.status in {Status.CANCELED, Status.INCOMPLETE_EXPIRED}:
        _tell_of_end(row, was["status"], user)
    elif bool(row.cancel_at) != bool(was["cancel_at"]) and before is not None:
        _tell_of_cancellation(row, user, read)


def _tell_of_plan(row: Subscription, old_price_id: int, user: Any, read: int) -> None:
    """Not where an admin's move to another version did it: that is told in words of its own."""
    if _is_being_moved(row):
        return
    old = Price.objects.select_related("version__plan").get(pk=old_price_id)
    price = f"{row.price.formatted} {row.price.per}"
    key = f"plan:{read}"
    plan, before = _told_apart(row.price, old)
    _tell(row, topics.PLAN_CHANGED, user, key, plan=plan, old=before, price=price)


def _is_being_moved(row: Subscription) -> bool:
    is_there = Q(to_price=row.price_id, move__state="running")
    is_back = Q(from_price=row.price_id, move__state="undoing")
    return row.moves.filter(is_there | is_back).exists()


def _tell_of_planned(row: Subscription, user: Any, read: int) -> None:
    price = (
        Price.objects.filter(stripe_price_id=row.next_stripe_price_id).select_related("version__plan").first()
    )
    if price is None or row.changes_at is None:
        return
    plan, before = _told_apart(price, row.price)
    _tell(
        row,
        topics.CHANGE_PLANNED,
        user,
        f"planned:{read}",
        plan=plan,
        old=before,
        price=f"{price.formatted} {price.per}",
        day=day_of(row.changes_at),
    )


def _tell_of_end(row: Subscription, old_status: str | None, user: Any) -> None:
    if old_status in {*WAITED, Status.CANCELED, Status.INCOMPLETE_EXPIRED}:
        return
    _tell(row, topics.ENDED, user, "ended", plan=_plan(row), url=reverse("billing:overview"))


def _tell_of_cancellation(row: Subscription, user: Any, read: int) -> None:
    if row.cancel_at:
        _tell(row, topics.CANCELLED, user, f"cancelled:{read}", plan=_plan(row), day=day_of(row.cancel_at))
    elif row.status in RUNNING:
        day = day_of(row.current_period_end)
        _tell(row, topics.RESUMED, user, f"resumed:{read}", plan=_plan(row), day=day)


def _tell(row: Subscription, topic: topics.Topic, user: Any, what: str, **context: str) -> None:
    notify(user=user, topic=topic.key, key=f"subscription:{row.stripe_id}:{what}", context=context)


def _told_apart(new: Price, old: Price) -> tuple[str, str]:
    """The names of two plans; those of the same plan say how each is paid."""
    names = new.version.plan.name, old.version.plan.name
    if names[0] != names[1]:
        return names
    return f"{names[0]} by the {new.interval}", f"{names[1]} by the {old.interval}"


def _plan(row: Subscription) -> str:
    return str(row.version.plan.name)


def day_of(moment: datetime) -> str:
    """A day as mails write it."""
    return date_format(moment, "j F Y")
