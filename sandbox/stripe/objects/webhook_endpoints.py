"""Webhook endpoints: who is told about which events."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.stripe.errors import invalid_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/webhook_endpoints", "WebhookEndpointCreateParams")
def create(world: World, params: Params) -> Obj:
    """Register an address; this answer is the only one that shows the signing secret."""
    secret = world.ids.new("whsec")
    params.ignore("connect")
    endpoint = blank(
        "webhook_endpoint",
        id=world.ids.new("we"),
        api_version=params.take("api_version"),
        description=cleared(params.take("description")),
        enabled_events=params.need("enabled_events"),
        metadata=merged(params),
        status="enabled",
        url=_address(params.need("url")),
        _secret=secret,
    )
    return {**world.create(endpoint), "secret": secret}


def _address(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise invalid_param("Not a valid URL", "url", "url_invalid")
    return url


@route("GET", "/v1/webhook_endpoints/:id", "WebhookEndpointRetrieveParams")
def retrieve(world: World, params: Params, endpoint_id: str) -> Obj:
    """One endpoint, without its secret."""
    return world.fetch("webhook_endpoint", endpoint_id, name="webhook endpoint")


@route("POST", "/v1/webhook_endpoints/:id", "WebhookEndpointUpdateParams")
def update(world: World, params: Params, endpoint_id: str) -> Obj:
    """Change address, events, description, or switch it off; the API version stays."""
    endpoint = world.fetch("webhook_endpoint", endpoint_id, name="webhook endpoint")
    fields = params.given("enabled_events")
    if "url" in params:
        fields["url"] = _address(params.take("url"))
    if "description" in params:
        fields["description"] = cleared(params.take("description"))
    if "disabled" in params:
        fields["status"] = "disabled" if params.take("disabled") else "enabled"
    return world.change(endpoint, None, metadata=merged(params, endpoint["metadata"]), **fields)


@route("DELETE", "/v1/webhook_endpoints/:id", "WebhookEndpointDeleteParams")
def delete(world: World, params: Params, endpoint_id: str) -> Obj:
    """Stop telling this address anything."""
    world.fetch("webhook_endpoint", endpoint_id, name="webhook endpoint")
    world.store.delete(endpoint_id)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


@route("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams")
def list_endpoints(world: World, params: Params) -> Obj:
    """Endpoints, newest first."""
    return list_objects(world, "webhook_endpoint", "/v1/webhook_endpoints", params)
