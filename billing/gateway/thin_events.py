"""Reads Stripe's thin events, which say what happened and nothing else."""

from collections.abc import Iterable

import stripe
from stripe.v2.core import EventNotification

from billing.gateway.client import connection


class NotGenuine(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Nobody who knows a secret of ours signed this, or it is too old."""


class NoThinEvent(Exception):  # noqa: N818
    """Genuine, and not a thin event."""


def read_thin_event(body: bytes, *, signature: str, secrets: Iterable[str]) -> EventNotification:
    """The event, if one of ``secrets`` signed it lately; asks nobody.

    Raises ``NotGenuine`` or ``NoThinEvent``.
    """
    for secret in secrets:
        try:
            return connection.client.parse_event_notification(body, signature, secret)
        except stripe.SignatureVerificationError:
            continue
        except (KeyError, TypeError, ValueError) as error:
            raise NoThinEvent("The body is no thin event.") from error
    raise NotGenuine("The signature is not Stripe's, or too old.")
