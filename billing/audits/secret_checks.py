"""Checks of the secrets with which Stripe signs, while they are rolled."""

from collections.abc import Iterator

from django.utils import timezone

from billing.audits.findings import Finding, good
from billing.webhooks.secrets import former_secrets


def check_secrets() -> Iterator[Finding]:
    """Says which former secrets are still accepted, and which have expired."""
    former = list(former_secrets())
    for row in former:
        what = f"A former signing secret ({row.get_route_display().lower()})"
        if row.accepted_until and row.accepted_until > timezone.now():
            yield good(f"{what} is still accepted, until {row.accepted_until:%d %B %Y %H:%M} UTC.")
        else:
            yield good(f"{what} has expired: it is refused, and will be deleted tonight.")
    if not former:
        yield good("No former signing secret is accepted.")
