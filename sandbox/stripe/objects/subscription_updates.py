"""Updates of a running subscription: settings, cancellation plans, pauses, and what it bills."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import changing, discounting, pending, subscribing
from sandbox.stripe.billing.changing import UPDATED, Change, ItemChange
from sandbox.stripe.billing.subscribing import ENDED
from sandbox.stripe.errors import ApiError, invalid_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.objects.subscriptions import settings_of, trial_end_of, wanted_of
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/subscriptions/:id", "SubscriptionUpdateParams")
def update(world: World, params: Params, subscription_id: str) -> Obj:
    """Change a subscription; what it bills is prorated as asked."""
    subscription = alive(world, subscription_id)
    with world.on_clock_of(subscription):
        fields = settings_of(world, params, subscription["customer"])
        fields["metadata"] = merged(params, subscription["metadata"])
        fields |= _cancellation(world, subscription, params, fields)
        if "pause_collection" in params:
            fields["pause_collection"] = _pause(world, subscription_id, params)
        if "discounts" in params:
            fields["discounts"] = _discounts(world, subscription, params)
        subscribing.buy_once(world, subscription, wanted_of(world, params.each("add_invoice_items")))
        change = change_of(world, params, params.each("items"))
        perform(world, subscription, change, fields, params)
        return world.fetch("subscription", subscription_id)


def alive(world: World, subscription_id: str) -> Obj:
    """The subscription, refused when it has ended."""
    subscription = world.fetch("subscription", subscription_id)
    if subscription["status"] in ENDED:
        raise ApiError(
            f"No such subscription: '{subscription_id}'", status=404, code="resource_missing", param="id"
        )
    return subscription


def change_of(world: World, params: Params, entries: list[Params]) -> Change:
    """What the request changes in the bill."""
    trial_end = params.take("trial_end")
    anchor = params.take("billing_cycle_anchor", "unchanged")
    return Change(
        items=[_item_change(world, entry) for entry in entries],
        behavior=params.take("proration_behavior", "create_prorations"),
        at=params.take("proration_date"),
        restart=anchor == "now",
        end_trial=trial_end == "now",
        trial_end=trial_end_of(world, Params({"trial_end": trial_end})),
    )


def _item_change(world: World, entry: Params) -> ItemChange:
    item_id = entry.take("id")
    named = any(name in entry for name in ("price", "plan", "price_data"))
    quantity = entry.take("quantity")
    metadata = merged(entry) if "metadata" in entry else None
    entry.ignore("clear_usage")
    wanted = wanted_of(world, [entry])[0] if named or item_id is None else None
    deleted = bool(entry.take("deleted", False))
    return ItemChange(item_id, wanted, quantity, deleted, metadata)


def perform(world: World, subscription: Obj, change: Change, fields: dict[str, Any], params: Params) -> None:
    """Apply, invoice what is due now, and collect it as `payment_behavior` says."""
    behavior = params.take("payment_behavior", "allow_incomplete")
    off_session = bool(params.take("off_session", False))
    if change.at and not _inside_period(world, subscription, change.at):
        raise invalid_param("Invalid proration_date: must be in the current period.", "proration_date")
    if not change.bills:
        world.change(subscription, UPDATED, **fields)
        subscribing.plan_ahead(world, subscription)
        return
    if behavior == "pending_if_incomplete":
        pending.apply(world, subscription, change, fields, off_session=off_session)
        return
    entries = changing.apply(world, subscription, change, fields)
    if not entries:
        return
    invoice = changing.bill(world, subscription, entries)
    error = changing.collect(world, subscription, invoice, off_session=off_session)
    if error and behavior == "error_if_incomplete":
        error.keep = False
        raise error


def _inside_period(world: World, subscription: Obj, at: int) -> bool:
    items = subscribing.items_of(world, subscription)
    return any(item["current_period_start"] <= at < item["current_period_end"] for item in items)


def _discounts(world: World, subscription: Obj, params: Params) -> list[str]:
    choices = discounting.chosen(world, params.each("discounts"), subscription["customer"])
    return discounting.grant(world, choices, subscription["customer"], subscription=subscription["id"])


def _pause(world: World, subscription_id: str, params: Params) -> Obj | None:
    if params.take("pause_collection") == "":
        world.agenda.cancel(subscription_id, "subscription.resume_collection")
        return None
    pause = params.section("pause_collection")
    return {"behavior": pause.need("behavior"), "resumes_at": pause.take("resumes_at")}


@action("subscription.resume_collection")
def resume_collection(world: World, subscription_id: str) -> None:
    """The pause had an end, and it has come."""
    world.change(world.fetch("subscription", subscription_id), UPDATED, pause_collection=None)


def _cancellation(world: World, subscription: Obj, params: Params, fields: dict[str, Any]) -> dict[str, Any]:
    given = params.section("cancellation_details").given("comment", "feedback")
    details = {**subscription["cancellation_details"], **{k: cleared(v) for k, v in given.items()}}
    at_end = fields.get("cancel_at_period_end", subscription["cancel_at_period_end"])
    moment = fields.get("cancel_at", subscription["cancel_at"])
    ends = max(item["current_period_end"] for item in subscribing.items_of(world, subscription))
    if moment in ("min_period_end", "max_period_end"):
        moment = ends
    if "cancel_at_period_end" in fields:
        moment = ends if at_end else None
    planned = bool(at_end or moment)
    details["reason"] = "cancellation_requested" if planned else None
    already = subscription["canceled_at"] or world.now
    return {
        "cancel_at": moment,
        "canceled_at": already if planned else None,
        "cancellation_details": details,
    }


@route("POST", "/v1/subscriptions/:id/resume", "SubscriptionResumeParams")
def resume(world: World, params: Params, subscription_id: str) -> Obj:
    """Wake a subscription that paused because its trial ended without a card."""
    subscription = alive(world, subscription_id)
    if subscription["status"] != "paused":
        raise ApiError("Only a paused subscription can be resumed.")
    with world.on_clock_of(subscription):
        params.ignore("proration_behavior", "proration_date")
        restart = params.take("billing_cycle_anchor", "now") == "now"
        fields = {"status": "active"}
        entries = changing.apply(world, subscription, Change(behavior="none", restart=restart), fields)
        if entries:
            changing.collect(
                world, subscription, changing.bill(world, subscription, entries), off_session=True
            )
        world.emit("customer.subscription.resumed", world.fetch("subscription", subscription_id))
        return world.fetch("subscription", subscription_id)


@route("POST", "/v1/subscription_items", "SubscriptionItemCreateParams")
def create_item(world: World, params: Params) -> Obj:
    """Add an item to a subscription."""
    subscription = alive(world, params.need("subscription"))
    known = {item["id"] for item in subscribing.items_of(world, subscription)}
    with world.on_clock_of(subscription):
        change = change_of(world, params, [params])
        perform(world, subscription, change, {}, params)
    return next(i for i in subscribing.items_of(world, subscription) if i["id"] not in known)


@route("POST", "/v1/subscription_items/:id", "SubscriptionItemUpdateParams")
def update_item(world: World, params: Params, item_id: str) -> Obj:
    """Change one item."""
    item = world.fetch("subscription_item", item_id)
    subscription = alive(world, item["subscription"])
    with world.on_clock_of(subscription):
        made = _item_change(world, params) if _names_price(params) else None
        wanted = made.wanted if made else None
        metadata = merged(params, item["metadata"])
        entry = ItemChange(item_id, wanted, params.take("quantity"), metadata=metadata)
        change = Change(
            [entry], params.take("proration_behavior", "create_prorations"), params.take("proration_date")
        )
        perform(world, subscription, change, {}, params)
    return world.fetch("subscription_item", item_id)


def _names_price(params: Params) -> bool:
    return any(name in params for name in ("price", "plan", "price_data"))


@route("DELETE", "/v1/subscription_items/:id", "SubscriptionItemDeleteParams")
def delete_item(world: World, params: Params, item_id: str) -> Obj:
    """Remove one item."""
    subscription = alive(world, world.fetch("subscription_item", item_id)["subscription"])
    params.ignore("clear_usage")
    with world.on_clock_of(subscription):
        entry = ItemChange(item_id, deleted=True)
        change = Change(
            [entry], params.take("proration_behavior", "create_prorations"), params.take("proration_date")
        )
        perform(world, subscription, change, {}, params)
    return {"id": item_id, "object": "subscription_item", "deleted": True}
