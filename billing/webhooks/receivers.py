"""What dj-stripe hands over: a webhook whose signature it has verified, inside its transaction."""

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings

from billing.credits.queries import who_paid
from billing.webhooks.events import customer_named_in, payment_named_in
from billing.webhooks.services import receive_event

if TYPE_CHECKING:
    from djstripe.models import WebhookEventTrigger

logger = logging.getLogger(__name__)


class UnusableEvent(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """A genuine event that we cannot read: its words may mean something else than ours."""


def accept(trigger: "WebhookEventTrigger", **kwargs: Any) -> None:
    """Keep the event and go: no call to Stripe, no business rule, so that the answer takes milliseconds.

    Raises ``UnusableEvent`` for another API version or mode than ours; Stripe is told 400 and shows it.
    """
    event: dict[str, Any] = trigger.json_body
    _require_our_version(event)
    named = customer_named_in(event) or who_paid(payment_named_in(event))
    receive_event(
        event_id=event["id"],
        event_type=event["type"],
        stripe_customer_id=named,
        trigger_id=trigger.pk,
    )


def _require_our_version(event: dict[str, Any]) -> None:
    version, livemode = event.get("api_version"), event.get("livemode")
    if version != settings.STRIPE_API_VERSION:
        raise UnusableEvent(
            f"Event {event['id']} has API version {version}, we read {settings.STRIPE_API_VERSION}: "
            "run billing_doctor --fix, which gives the webhook endpoint our version."
        )
    if livemode != settings.STRIPE_LIVE_MODE:
        raise UnusableEvent(f"Event {event['id']} has livemode={livemode}, our key has the other mode.")
