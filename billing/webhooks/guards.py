"""What is looked at before anything of a webhook is verified or stored: is it an event at all?"""

import ipaddress
import json

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

THIN = "v2.core.event"


def problem_with(request: HttpRequest, *, thin: bool = False) -> str:
    """Why the request cannot be an event for this address, in a sentence; empty where it may be one."""
    if not request.headers.get("Stripe-Signature", "").isascii():
        return "The signature is not Stripe's."
    try:
        event = json.loads(request.body)
    except RequestDataTooBig:
        return "The body is too large."
    except (ValueError, RecursionError):
        return "The body is not JSON."
    if not isinstance(event, dict):
        return "The body is not a JSON object."
    return _wrong_kind(is_thin=event.get("object") == THIN, thin=thin)


def drop_forged_address(request: HttpRequest) -> None:
    """dj-stripe stores the first forwarded address as it comes, and PostgreSQL takes addresses only."""
    first = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[0].strip()
    try:
        ipaddress.ip_address(first)
    except ValueError:
        request.META.pop("HTTP_X_FORWARDED_FOR", None)


def _wrong_kind(*, is_thin: bool, thin: bool) -> str:
    if is_thin == thin:
        return ""
    if is_thin:
        return "This address takes snapshot events. Thin ones have an address of their own, /stripe/events/."
    return "This address takes thin events: snapshot events go to the webhook endpoint."
