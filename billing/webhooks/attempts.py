"""What became of an attempt: noted on the events, and as rows that tell their story."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing.gateway.errors import KeyRefused, StripeFailure, StripeUnavailable
from billing.notices.alerts import close_alert, raise_alert
from billing.notices.models import Alert
from billing.webhooks.models import EventAttempt, InboxEvent

logger = logging.getLogger(__name__)

State = InboxEvent.State
Outcome = EventAttempt.Outcome

MAX_ATTEMPTS = 10

# Nothing that an event is to blame for: it waits until Stripe, or our key, is right again.
OUTAGES = (StripeUnavailable, KeyRefused)

PARKED = "webhook_parked"
MANY = "many"
MOST_ALERTS = 20


@contextmanager
def noting_failures(events: Sequence[int]) -> Iterator[None]:
    """Note on the events whatever fails in the block, and raise it again."""
    try:
        yield
    except OUTAGES as failure:
        note_outage(events, failure)
        raise
    except Exception as error:
        note_failure(events, error)
        raise


def note_done(events: Sequence[InboxEvent], *, changes: list[str]) -> None:
    """These are done; their alerts are over. Joins the caller's transaction, which holds the rows."""
    InboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(
        state=State.PROCESSED, processed_at=Coalesce("processed_at", timezone.now()), last_error=""
    )
    EventAttempt.objects.bulk_create(
        EventAttempt(event=event, outcome=Outcome.DONE, changes=changes) for event in events
    )
    _close_alerts({event.stripe_event_id for event in events})


@transaction.atomic
def note_failure(events: Sequence[int], error: Exception) -> None:
    """One more failure of each; those that failed ``MAX_ATTEMPTS`` times are parked, and told about once."""
    rows = InboxEvent.objects.select_for_update().filter(pk__in=events, state=State.RECEIVED).order_by("pk")
    for event in rows:
        event.attempts += 1
        event.last_error = f"{type(error).__name__}: {error}"[:2000]
        is_parked = event.attempts >= MAX_ATTEMPTS
        event.state = State.FAILED if is_parked else State.RECEIVED
        event.save(update_fields=["attempts", "last_error", "state"])
        _write_down(event, error, Outcome.PARKED if is_parked else Outcome.FAILED)
        if is_parked:
            _tell(event, error)


@transaction.atomic
def note_outage(events: Sequence[int], failure: StripeFailure) -> None:
    """Stripe was out of reach: told once per outage and event, not once per try."""
    rows = InboxEvent.objects.select_for_update().filter(pk__in=events, state=State.RECEIVED).order_by("pk")
    for event in rows:
        if not event.last_error:
            _write_down(event, failure, Outcome.WAITED)
    rows.update(last_error=str(failure))


def note_replay(events: Sequence[int], *, by: Any) -> None:
    """Let these wait again, with all their attempts before them. Joins the caller's transaction."""
    InboxEvent.objects.filter(pk__in=events).update(state=State.RECEIVED, attempts=0, last_error="")
    EventAttempt.objects.bulk_create(
        EventAttempt(event_id=event, outcome=Outcome.REPLAYED, by=by) for event in events
    )


def _close_alerts(event_ids: set[str]) -> None:
    """What was parked and is done needs nobody any more; neither do many, once they are few."""
    alerts = Alert.objects.filter(rule=PARKED, closed_at=None, subject__in={*event_ids, MANY})
    for subject in alerts.values_list("subject", flat=True):
        if subject != MANY or InboxEvent.objects.filter(state=State.FAILED).count() <= MOST_ALERTS:
            close_alert(rule=PARKED, subject=subject)


def _write_down(event: InboxEvent, error: Exception, outcome: str) -> None:
    EventAttempt.objects.create(
        event=event,
        outcome=outcome,
        error=f"{type(error).__name__}: {error}"[:2000],
        request_id=getattr(error, "request_id", "") or "",
    )


def _tell(event: InboxEvent, error: Exception) -> None:
    """An alert per event, up to a number at which one more says that there are many."""
    logger.error("Parked event %s after %s attempts: look at the inbox", event.pk, MAX_ATTEMPTS)
    if Alert.objects.filter(rule=PARKED, closed_at=None).count() >= MOST_ALERTS:
        raise_alert(
            rule=PARKED,
            subject=MANY,
            sentence=f"More than {MOST_ALERTS} events of Stripe are parked. One cause is likely behind them: "
            "read the errors under Billing → Inbox events, and replay all of them once it is gone.",
        )
        return
    raise_alert(
        rule=PARKED,
        subject=event.stripe_event_id,
        sentence=f"Stripe's event {event.stripe_event_id} ({event.type}) failed {MAX_ATTEMPTS} times and is "
        f"parked: {type(error).__name__}. Nothing else waits for it. Read why under Billing → Inbox events, "
        "and replay it once the cause is gone.",
    )
