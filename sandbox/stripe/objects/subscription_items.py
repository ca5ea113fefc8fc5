"""Subscription items read one by one."""

from __future__ import annotations

from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("GET", "/v1/subscription_items/:id", "SubscriptionItemRetrieveParams")
def retrieve(world: World, params: Params, item_id: str) -> Obj:
    """One item."""
    return world.fetch("subscription_item", item_id)


@route("GET", "/v1/subscription_items", "SubscriptionItemListParams")
def list_items(world: World, params: Params) -> Obj:
    """The items of a subscription."""
    subscription_id = params.need("subscription")
    world.fetch("subscription", subscription_id, "subscription")
    where = {"parent": subscription_id}
    return list_objects(world, "subscription_item", "/v1/subscription_items", params, where)
