"""Checks of what Stripe knows about this site, and of what waits here."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from billing.audits.findings import Finding, bad, good
from billing.gateway.accounts import retrieve_account
from billing.gateway.errors import KeyRefused, StripeFailure
from billing.publishing.changes import Action
from billing.publishing.services import compare
from billing.webhooks.endpoint import examine_endpoint
from billing.webhooks.models import InboxEvent

LATE = timedelta(minutes=5)


def check_account() -> Iterator[Finding]:
    """Stripe answers, and takes our key."""
    try:
        account = retrieve_account()
    except KeyRefused:
        yield bad("Stripe refuses our secret key: make a new one in its dashboard and set STRIPE_SECRET_KEY.")
    except StripeFailure as failure:
        yield bad(f"Stripe cannot be reached ({failure}): look at the network and STRIPE_API_BASE.")
    else:
        yield good(f"Stripe answers for account {account.id}, API version {settings.STRIPE_API_VERSION}.")


def check_endpoint() -> Iterator[Finding]:
    """Events arrive: the endpoint exists, is on, speaks our version, and its secret is here."""
    try:
        report = examine_endpoint()
    except StripeFailure as failure:
        yield bad(f"The webhook endpoint could not be looked up ({failure}).")
        return
    for problem in report.problems:
        yield bad(f"{problem} Run billing_doctor --fix.")
    if not report.problems:
        yield good(f"Stripe sends its events to {report.url}.")


def check_catalog() -> Iterator[Finding]:
    """Everything on the pricing page can be bought: Stripe has the same products and prices."""
    try:
        differences = [change for change in compare() if change.action != Action.NOTE]
    except StripeFailure as failure:
        yield bad(f"The catalog could not be compared with Stripe ({failure}).")
        return
    for change in differences:
        yield bad(f"{change.sentence.rstrip('.')}. Run billing_sync to do it.")
    if not differences:
        yield good("Stripe has the same plans and prices as the catalog.")


def check_inbox() -> Iterator[Finding]:
    """No event of Stripe waits for longer than it should."""
    waiting = InboxEvent.objects.filter(
        state=InboxEvent.State.RECEIVED, received_at__lt=timezone.now() - LATE
    ).count()
    parked = InboxEvent.objects.filter(state=InboxEvent.State.FAILED).count()
    if waiting:
        yield bad(f"{waiting} events wait for more than five minutes: is a worker running?")
    if parked:
        yield bad(f"{parked} events were parked after failing too often: look at them in the admin.")
    if not waiting and not parked:
        yield good("No event waits.")
