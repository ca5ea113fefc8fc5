"""Where Stripe sends this site's events: looked up, judged, and put right."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import stripe
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from djstripe.models import WebhookEndpoint

from billing.gateway.webhook_endpoints import (
    create_webhook_endpoint,
    delete_webhook_endpoint,
    enable_webhook_endpoint,
    list_webhook_endpoints,
)
from billing.webhooks.events import EVENTS


@dataclass(frozen=True, slots=True)
class EndpointReport:
    """What is wrong with our endpoint, each in a sentence; nothing when events arrive as they should."""

    url: str
    problems: tuple[str, ...]


def examine_endpoint() -> EndpointReport:
    """Compare the endpoint at Stripe with what this site needs. Raises a ``StripeFailure``."""
    endpoints = [endpoint for endpoint in list_webhook_endpoints() if _is_ours(endpoint)]
    if not endpoints:
        return EndpointReport("", (f"Stripe has no webhook endpoint for {settings.SITE_URL}.",))
    endpoint = _best(endpoints)
    problems = [*_problems(endpoint)]
    if len(endpoints) > 1:
        problems.append(
            f"Stripe has {len(endpoints)} webhook endpoints for {settings.SITE_URL}, one is enough."
        )
    return EndpointReport(endpoint.url, tuple(problems))


def ensure_endpoint() -> WebhookEndpoint:
    """Make Stripe send this site's events here, in our API version, signed with a secret that we hold.

    Repeating it changes nothing. An endpoint of another API version, or one whose secret we do not hold,
    cannot be put right: a new one takes its place, and only then is the old one deleted; no event is lost.
    """
    endpoints = [endpoint for endpoint in list_webhook_endpoints() if _is_ours(endpoint)]
    usable = next((endpoint for endpoint in endpoints if _is_usable(endpoint)), None)
    kept = _put_right(usable) if usable else _provision()
    for endpoint in endpoints:
        if endpoint.id != kept.id:
            delete_webhook_endpoint(endpoint_id=endpoint.id)
            WebhookEndpoint.objects.filter(id=endpoint.id).delete()
    return kept


def _is_ours(endpoint: stripe.WebhookEndpoint) -> bool:
    return endpoint.url.startswith(f"{settings.SITE_URL}/stripe/webhook/")


def _best(endpoints: list[stripe.WebhookEndpoint]) -> stripe.WebhookEndpoint:
    return min(endpoints, key=lambda endpoint: len(_problems(endpoint)))


def _held(endpoint: stripe.WebhookEndpoint) -> WebhookEndpoint | None:
    """Our row of the endpoint, with its secret and the address it answers at."""
    row = WebhookEndpoint.objects.filter(id=endpoint.id).exclude(secret="").first()
    return row if row and endpoint.url == _address(row.djstripe_uuid) else None


def _is_usable(endpoint: stripe.WebhookEndpoint) -> bool:
    return _held(endpoint) is not None and endpoint.api_version == settings.STRIPE_API_VERSION


def _problems(endpoint: stripe.WebhookEndpoint) -> list[str]:
    problems = []
    if _held(endpoint) is None:
        problems.append("We do not hold the secret of the webhook endpoint, so every event would be refused.")
    if endpoint.api_version != settings.STRIPE_API_VERSION:
        problems.append(
            f"The webhook endpoint speaks API version {endpoint.api_version or 'of the account'},"
            f" we read {settings.STRIPE_API_VERSION}."
        )
    if endpoint.status != "enabled":
        problems.append("The webhook endpoint is switched off at Stripe.")
    missing = set(EVENTS) - set(endpoint.enabled_events)
    if missing and "*" not in endpoint.enabled_events:
        problems.append(f"The webhook endpoint is not told about {', '.join(sorted(missing))}.")
    return problems


def _put_right(endpoint: stripe.WebhookEndpoint) -> WebhookEndpoint:
    row = WebhookEndpoint.objects.get(id=endpoint.id)
    if endpoint.status != "enabled" or set(endpoint.enabled_events) != set(EVENTS):
        enable_webhook_endpoint(endpoint_id=endpoint.id, events=EVENTS)
        row.enabled_events, row.status = list(EVENTS), "enabled"
        row.save(update_fields=["enabled_events", "status"])
    return row


def _provision() -> WebhookEndpoint:
    reference = uuid4()
    endpoint = create_webhook_endpoint(url=_address(reference), events=EVENTS, reference=str(reference))
    with transaction.atomic():
        row: WebhookEndpoint = WebhookEndpoint.objects.create(
            id=endpoint.id,
            djstripe_uuid=reference,
            url=endpoint.url,
            secret=endpoint.secret,
            api_version=endpoint.api_version,
            enabled_events=list(EVENTS),
            status=endpoint.status,
            livemode=endpoint.livemode,
        )
    return row


def _address(reference: Any) -> str:
    return f"{settings.SITE_URL}{reverse('stripe_webhook', args=[reference])}"
