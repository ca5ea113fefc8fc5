"""Checks for the admin's front page: cheap, from our own database, never a call to Stripe.

A check yields one finding when all is well, and one per trouble otherwise. Add yours to ``HEALTH``.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from billing.audits.credit_health import check_credits
from billing.audits.findings import Finding, bad, good
from billing.gateway.breaker import breaker_state
from billing.notices.models import Alert
from billing.webhooks.models import InboxEvent

State = InboxEvent.State

LATE = timedelta(minutes=5)


def check_waiting() -> Iterator[Finding]:
    """Stripe's events are worked off: the oldest one that waits came a moment ago."""
    waiting = InboxEvent.objects.filter(state=State.RECEIVED)
    found = waiting.aggregate(count=Count("pk"), oldest=Min("received_at"))
    count, oldest = found["count"], found["oldest"]
    if oldest is None:
        yield good("Every event of Stripe has been worked off.")
    elif oldest < timezone.now() - LATE:
        yield bad(
            f"The oldest of {count} waiting event{pluralize(count)} came {_ago(oldest)} ago: "
            "is a worker running? Plans that were bought or cancelled meanwhile may not show yet.",
            link=_events(State.RECEIVED),
        )
    else:
        yield good(f"{count} event{pluralize(count)} of Stripe are being worked off.")


def check_parked() -> Iterator[Finding]:
    """No event was given up."""
    count = InboxEvent.objects.filter(state=State.FAILED).count()
    if count:
        yield bad(
            f"{count} event{pluralize(count)} of Stripe failed too often and "
            f"{pluralize(count, 'is,are')} parked: read why, and replay what can be done now.",
            link=_events(State.FAILED),
        )
    else:
        yield good("No event is parked.")


def check_alerts() -> Iterator[Finding]:
    """Nothing the site noticed by itself still waits for somebody."""
    count = Alert.objects.filter(closed_at=None).count()
    if count:
        yield bad(
            f"{count} alert{pluralize(count)} {pluralize(count, 'is,are')} open: look at what happened.",
            link=reverse("billing_alerts_modeladmin_index"),
        )
    else:
        yield good("No alert is open.")


def check_breaker() -> Iterator[Finding]:
    """Stripe is asked; after failures in a row it gets a rest, and whoever needs it is told to come back."""
    state = breaker_state()
    if state.open_since:
        yield bad(
            f"Stripe has not answered since {state.open_since:%H:%M} UTC: it is asked once every "
            f"{settings.STRIPE_BREAKER_SECONDS} seconds. Checkouts and the portal say so; jobs wait until it "
            "is back. Look at Stripe's status page if it lasts."
        )
    else:
        yield good("Stripe answers, or nobody had to ask it.")


HEALTH: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_waiting,
    check_parked,
    check_alerts,
    check_breaker,
    check_credits,
)


def examine_health() -> list[Finding]:
    """Every finding of every check, what is wrong first."""
    return sorted((finding for check in HEALTH for finding in check()), key=lambda finding: finding.ok)


def _events(state: str) -> str:
    return f"{reverse('billing_events_modeladmin_index')}?state__exact={state}"


def _ago(moment: datetime) -> str:
    """How long ago, without the non-breaking spaces that mails and logs stumble over."""
    return timesince(moment, depth=1).replace("\xa0", " ")
