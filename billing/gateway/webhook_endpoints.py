"""What we ask Stripe about webhook endpoints, the addresses it sends events to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import stripe
from django.conf import settings

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params import WebhookEndpointCreateParams, WebhookEndpointUpdateParams


def list_webhook_endpoints() -> list[stripe.WebhookEndpoint]:
    """Every endpoint of the account, ours and others'."""
    return ask(lambda client: list(client.v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter()))


def create_webhook_endpoint(*, url: str, events: Sequence[str], reference: str) -> stripe.WebhookEndpoint:
    """Make an endpoint of our API version; its ``secret`` is told this once."""
    params = {
        "url": url,
        "enabled_events": list(events),
        "api_version": settings.STRIPE_API_VERSION,
        "metadata": {"djstripe_uuid": reference},
    }
    return ask(
        lambda client: client.v1.webhook_endpoints.create(
            cast("WebhookEndpointCreateParams", params), {"idempotency_key": f"endpoint-{reference}"}
        )
    )


def enable_webhook_endpoint(*, endpoint_id: str, events: Sequence[str]) -> stripe.WebhookEndpoint:
    """Switch an endpoint on, for exactly these events."""
    params = cast("WebhookEndpointUpdateParams", {"enabled_events": list(events), "disabled": False})
    return ask(lambda client: client.v1.webhook_endpoints.update(endpoint_id, params))


def delete_webhook_endpoint(*, endpoint_id: str) -> None:
    """Stop Stripe from sending events there."""
    ask(lambda client: client.v1.webhook_endpoints.delete(endpoint_id))
