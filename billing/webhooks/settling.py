"""Does what events ask for besides a reconcile, in its transaction, each event by itself."""

import logging
from collections.abc import Sequence

from django.db import transaction

from billing.webhooks.attempts import note_done, note_failure
from billing.webhooks.models import InboxEvent
from billing.webhooks.processors import FOLLOW_UPS

logger = logging.getLogger(__name__)


class FollowUpFailed(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Some events could not be followed up; the others are done."""


class PayloadGone(Exception):  # noqa: N818
    """The event's payload was deleted, and what follows it needs the payload."""


def settle(events: Sequence[int], *, changes: list[str]) -> int:
    """Follow up the waiting ones among ``events`` in the order in which they came; gives how many failed.

    Each has a savepoint of its own: what a failing follow-up did is undone and noted, and the events after it
    do not wait for it. The rows stay locked until the caller's transaction ends, so that two workers cannot
    follow up one event.
    """
    rows = InboxEvent.objects.select_for_update(of=("self",)).select_related("customer__user")
    done, failed = [], 0
    for event in rows.filter(pk__in=events, state=InboxEvent.State.RECEIVED).order_by("pk"):
        try:
            _follow_up(event)
        except Exception as error:
            logger.exception("Event %s could not be followed up", event.pk)
            note_failure([event.pk], error)
            failed += 1
        else:
            done.append(event)
    note_done(done, changes=changes)
    return failed


def _follow_up(event: InboxEvent) -> None:
    steps = FOLLOW_UPS.get(event.type, ())
    if not steps:
        return
    payload = event.payload
    if not payload:
        raise PayloadGone("What Stripe sent is not kept any more.")
    with transaction.atomic():
        for step in steps:
            step(event.customer, payload)
