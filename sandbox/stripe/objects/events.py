"""Events: what happened, readable for thirty days at Stripe and for ever here."""

from __future__ import annotations

from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("GET", "/v1/events/:id", "EventRetrieveParams")
def retrieve(world: World, params: Params, event_id: str) -> Obj:
    """One event."""
    return world.fetch("event", event_id)


@route("GET", "/v1/events", "EventListParams")
def list_events(world: World, params: Params) -> Obj:
    """Events, newest first; `types` lists several, `type` one."""
    where = params.given("type")
    if "types" in params:
        where["type"] = params.take("types")
    if "delivery_success" in params:
        wanted = params.take("delivery_success")
        where["pending_webhooks"] = 0 if wanted else tuple(range(1, 17))
    return list_objects(world, "event", "/v1/events", params, where)
