"""dj-stripe warns at every start that its event callback is deprecated; we lean on it knowingly.

The callback is the one place where an event can be kept without dj-stripe processing it in the same request.
The warning has no id, so Django's own setting cannot silence it.
"""

from django.core.checks.registry import registry
from djstripe.checks import check_webhook_event_callback_accepts_api_key


def accept_the_callback() -> None:
    """Take that one check out; a dj-stripe without the callback fails our tests, not silently."""
    registry.registered_checks.discard(check_webhook_event_callback_accepts_api_key)
