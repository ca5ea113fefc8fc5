"""Changes that wait for their money: the subscription stays as it is until the change's invoice is paid."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import changing, invoicing, settling, subscribing
from sandbox.stripe.billing.changing import UPDATED, Change
from sandbox.stripe.billing.subscribing import FIRST_PAYMENT_WINDOW, items_of, method_for
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World, follows


def apply(
    world: World, subscription: Obj, change: Change, fields: dict[str, Any], *, off_session: bool
) -> None:
    """Make the change if it is paid for at once; else keep it beside the subscription, with its invoice."""
    with world.store.discarded():
        held = {**subscription}
        entries = changing.apply(world, held, change, fields)
        after = world.fetch("subscription", subscription["id"])
        items = items_of(world, subscription)
        invoice = changing.bill(world, held, entries) if entries else None
        error = changing.collect(world, held, invoice, off_session=off_session) if invoice else None
        paid = invoice is None or (error is None and invoice["status"] == "paid")
    if not paid:
        _keep(world, subscription, after, items, entries, off_session=off_session)
        return
    entries = changing.apply(world, subscription, change, fields)
    if entries:
        invoice = changing.bill(world, subscription, entries)
        changing.collect(world, subscription, invoice, off_session=off_session)


def _keep(
    world: World, subscription: Obj, after: Obj, items: list[Obj], entries: list[Obj], *, off_session: bool
) -> None:
    before = world.show(world.fetch("subscription", subscription["id"]))
    subscription["latest_invoice"] = invoice_id = world.ids.new("in")
    expires = world.now + FIRST_PAYMENT_WINDOW
    subscription["pending_update"] = {
        "billing_cycle_anchor": _if_changed(subscription, after, "billing_cycle_anchor"),
        "discounts": None,
        "expires_at": expires,
        "metadata": None,
        "subscription_items": [subscribing.with_price(world, item) for item in items],
        "trial_end": _if_changed(subscription, after, "trial_end"),
        "trial_from_plan": None,
    }
    subscription["_pending"] = {"invoice": invoice_id, "after": after, "items": items}
    world.store.put(subscription)
    invoice = changing.bill(world, subscription, entries)
    invoicing.finalize(world, invoice)
    error = settling.pay(world, invoice, method_for(world, subscription), off_session=off_session)
    if error:
        world.emit("invoice.payment_failed", invoice)
    world.plan(subscription["id"], "subscription.pending_expires", expires)
    world.emit_change(UPDATED, before, subscription)


def _if_changed(subscription: Obj, after: Obj, name: str) -> Any:
    return after[name] if after[name] != subscription[name] else None


@follows("invoice.paid")
def paid(world: World, invoice: Obj) -> None:
    """The money came: the change is made now."""
    subscription = _waiting_for(world, invoice)
    if subscription is None:
        return
    kept = subscription.pop("_pending")
    before = world.show(subscription)
    changed = {name: kept["after"][name] for name in ("billing_cycle_anchor", "trial_end", "status")}
    subscription.update(pending_update=None, **changed)
    wanted = {item["id"] for item in kept["items"]}
    for item in items_of(world, subscription):
        if item["id"] not in wanted:
            world.store.delete(item["id"])
    for item in kept["items"]:
        world.store.put(item)
    world.store.put(subscription)
    subscribing.plan_ahead(world, subscription)
    world.emit_change(UPDATED, before, subscription)
    world.emit("customer.subscription.pending_update_applied", subscription)


def _waiting_for(world: World, invoice: Obj) -> Obj | None:
    details = (invoice["parent"] or {}).get("subscription_details")
    subscription = world.store.get(details["subscription"]) if details else None
    kept = (subscription or {}).get("_pending")
    return subscription if kept and kept["invoice"] == invoice["id"] else None


@action("subscription.pending_expires")
def expire(world: World, subscription_id: str) -> None:
    """Nobody paid in time: the change is dropped and its invoice voided."""
    subscription = world.fetch("subscription", subscription_id)
    kept = subscription.pop("_pending", None)
    if kept is None:
        return
    world.change(subscription, UPDATED, pending_update=None)
    world.emit("customer.subscription.pending_update_expired", subscription)
    invoice = world.fetch("invoice", kept["invoice"])
    if invoice["status"] == "open":
        settling.void(world, invoice)
