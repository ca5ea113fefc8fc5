"""Events: what happened, readable for thirty days at Stripe and for ever here."""

from __future__ import annotations

from typing import Any

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
    where: dict[str, Any] = {}
    asked = params.take("types") or [name for name in [params.take("type")] if name]
    if asked:
        where["type"] = sorted(name for word in asked for name in _meant(world, word)) or ["-"]
    if "delivery_success" in params:
        wanted = params.take("delivery_success")
        where["pending_webhooks"] = 0 if wanted else tuple(range(1, 17))
    return list_objects(world, "event", "/v1/events", params, where)


def _meant(world: World, word: str) -> set[str]:
    """The event types that a name or a pattern such as `invoice.*` stands for."""
    if not word.endswith("*"):
        return {word}
    rows = world.store.query("SELECT DISTINCT json_extract(body, '$.type') FROM objects WHERE kind = 'event'")
    return {name for (name,) in rows if name.startswith(word[:-1])}
