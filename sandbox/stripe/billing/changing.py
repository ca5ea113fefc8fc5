"""Changing what a subscription bills: other prices, quantities, items, or a new start of its rhythm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.stripe.billing import invoicing, lines, periods, proration, settling
from sandbox.stripe.billing.subscribing import Wanted, add_item, items_of, method_for, plan_ahead
from sandbox.stripe.errors import ApiError
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

UPDATED = "customer.subscription.updated"


@dataclass(frozen=True)
class ItemChange:
    """One entry of `items`: an existing item's new price or quantity, its removal, or a new item."""

    item_id: str | None = None
    wanted: Wanted | None = None
    quantity: int | None = None
    deleted: bool = False
    metadata: dict[str, str] | None = None


@dataclass(frozen=True)
class Change:
    """What to change and how to bill it. `restart` begins a new period now; `trial_end` in Unix seconds."""

    items: list[ItemChange] = field(default_factory=list)
    behavior: str = "create_prorations"
    at: int | None = None
    restart: bool = False
    end_trial: bool = False
    trial_end: int | None = None

    @property
    def bills(self) -> bool:
        """True when periods or prices change, so that money may be owed."""
        return bool(self.items or self.restart or self.end_trial or self.trial_end)


def apply(world: World, subscription: Obj, change: Change, fields: dict[str, Any]) -> list[Obj]:
    """Make the change and say so; answers the lines to invoice now (others wait as invoice items)."""
    before = world.show(world.fetch("subscription", subscription["id"]))
    subscription.update(fields)
    old = items_of(world, subscription)
    prorated = change.behavior != "none" and subscription["status"] != "trialing"
    new = _change_items(world, subscription, change)
    _move_trial(world, subscription, change)
    restart = _restarts(world, subscription, change, old, new)
    entries = _prorations(world, old, [] if restart else new, change.at or world.now) if prorated else []
    if restart:
        entries += _restart(world, subscription)
    world.store.put(subscription)
    plan_ahead(world, subscription)
    if not restart and change.behavior != "always_invoice":
        for line in entries:
            proration.keep_for_later(world, subscription, line)
        entries = []
    if entries:
        subscription["latest_invoice"] = world.ids.new("in")
        world.store.put(subscription)
    world.emit_change(UPDATED, before, subscription)
    return entries


def _restarts(world: World, subscription: Obj, change: Change, old: list[Obj], new: list[Obj]) -> bool:
    if subscription["status"] == "trialing":
        return False
    return change.restart or change.end_trial or _rhythm(world, new) != _rhythm(world, old)


def _prorations(world: World, old: list[Obj], new: list[Obj], at: int) -> list[Obj]:
    """Credits for what ends, then charges for what begins; what stays the same is left alone."""
    kept = {(item["id"], *_essence(item)) for item in old} & {(item["id"], *_essence(item)) for item in new}
    ends = [item for item in old if (item["id"], *_essence(item)) not in kept]
    begins = [item for item in new if (item["id"], *_essence(item)) not in kept]
    found = [proration.unused(world, item, at) for item in ends]
    found += [proration.remaining(world, item, at) for item in begins]
    return [line for line in found if line and line["amount"]]


def _rhythm(world: World, items: list[Obj]) -> set[tuple[str, int]]:
    found = [world.fetch("price", item["price"])["recurring"] for item in items]
    return {(recurring["interval"], recurring["interval_count"]) for recurring in found}


def _essence(item: Obj) -> tuple[Any, ...]:
    return item["price"], item.get("quantity")


def _change_items(world: World, subscription: Obj, change: Change) -> list[Obj]:
    for entry in change.items:
        if entry.item_id is None:
            if entry.wanted:
                _add(world, subscription, entry.wanted)
            continue
        item = world.fetch("subscription_item", entry.item_id, "items")
        if item["subscription"] != subscription["id"]:
            raise ApiError(f"The item {entry.item_id} belongs to another subscription.", param="items")
        if entry.deleted:
            world.store.delete(item["id"])
        else:
            world.store.put(_changed(item, entry))
    left = items_of(world, subscription)
    if not left:
        raise ApiError("A subscription must have at least one active plan.", param="items")
    return left


def _changed(item: Obj, entry: ItemChange) -> Obj:
    price = entry.wanted.price["id"] if entry.wanted else item["price"]
    quantity = entry.quantity if entry.quantity is not None else item.get("quantity")
    metadata = item["metadata"] if entry.metadata is None else entry.metadata
    return {**item, "price": price, "quantity": quantity, "metadata": metadata}


def _add(world: World, subscription: Obj, wanted: Wanted) -> None:
    beside = items_of(world, subscription)[0]
    made = add_item(world, subscription, wanted)
    recurring, other = wanted.price["recurring"], world.fetch("price", beside["price"])["recurring"]
    if all(recurring[name] == other[name] for name in ("interval", "interval_count")):
        same = {name: beside[name] for name in ("current_period_start", "current_period_end")}
        world.store.put({**made, **same})


def _move_trial(world: World, subscription: Obj, change: Change) -> None:
    if change.end_trial and subscription["status"] == "trialing":
        subscription.update(status="active", trial_end=world.now)
    if change.trial_end:
        start = subscription["trial_start"] or world.now
        subscription.update(status="trialing", trial_start=start, trial_end=change.trial_end)
        subscription["billing_cycle_anchor"] = change.trial_end
        for item in items_of(world, subscription):
            world.store.put({**item, "current_period_end": change.trial_end})


def _restart(world: World, subscription: Obj) -> list[Obj]:
    subscription["billing_cycle_anchor"] = world.now
    fresh = []
    for item in items_of(world, subscription):
        price = world.fetch("price", item["price"])
        recurring = price["recurring"]
        end = periods.add(world.now, recurring["interval"], recurring["interval_count"])
        item.update(current_period_start=world.now, current_period_end=end)
        world.store.put(item)
        fresh.append(item)
    return lines.of_first_period(world, subscription, fresh)


def bill(world: World, subscription: Obj, entries: list[Obj]) -> Obj:
    """The draft of the invoice that a change brings at once, pending items included."""
    waiting = proration.take_pending(world, subscription["customer"], subscription["id"])
    invoice = invoicing.draft(
        world,
        customer=world.fetch("customer", subscription["customer"]),
        lines=waiting + entries,
        currency=subscription["currency"],
        reason="subscription_update",
        subscription=subscription,
        invoice_id=subscription["latest_invoice"],
        _days_until_due=subscription["days_until_due"],
    )
    proration.attach_pending(world, invoice)
    return invoice


def collect(world: World, subscription: Obj, invoice: Obj, *, off_session: bool) -> ApiError | None:
    """Finalize and charge the invoice of a change; a refused card makes the subscription past due."""
    invoicing.finalize(world, invoice)
    return collect_open(world, subscription, invoice, off_session=off_session)


def collect_open(world: World, subscription: Obj, invoice: Obj, *, off_session: bool) -> ApiError | None:
    """Charge a finalized invoice, unless it is sent or already paid."""
    if invoice["status"] != "open" or invoice["collection_method"] == "send_invoice":
        return None
    error = settling.pay(world, invoice, method_for(world, subscription), off_session=off_session)
    if error:
        world.emit("invoice.payment_failed", invoice)
        if subscription["status"] == "active":
            world.change(subscription, UPDATED, status="past_due")
    return error
