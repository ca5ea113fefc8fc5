"""Phases of a subscription schedule: when each begins and ends, and what the subscription becomes in it."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import changing, periods, subscribing
from sandbox.stripe.billing.changing import Change, ItemChange
from sandbox.stripe.billing.subscribing import Wanted, items_of
from sandbox.stripe.errors import ApiError, invalid_param
from sandbox.stripe.params import Params
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def read(world: World, entries: list[Params], start: int) -> list[Obj]:
    """The phases a request describes, each beginning where the one before ends."""
    phases = []
    for entry in entries:
        phase = _phase(world, entry, start)
        phases.append(phase)
        start = phase["end_date"]
    return phases


def _phase(world: World, entry: Params, start: int) -> Obj:
    given = entry.take("start_date")
    begin = world.now if given == "now" else given or start
    items = [_item(world, item) for item in entry.each("items")]
    if not items:
        raise ApiError("Each phase needs items.", param=entry.path("items"), code="parameter_missing")
    end = _end(world, entry, begin, items[0]["price"])
    if end <= begin:
        raise invalid_param("A phase must end after it begins.", entry.path("end_date"))
    trial_end = end if entry.take("trial") else entry.take("trial_end")
    return phase_of(
        items,
        currency=world.fetch("price", items[0]["price"])["currency"],
        start=begin,
        end=end,
        metadata=entry.take("metadata") or {},
        proration_behavior=entry.take("proration_behavior", "create_prorations"),
        trial_end=trial_end,
        **entry.given("default_payment_method", "description", "collection_method", "billing_cycle_anchor"),
    )


def phase_of(items: list[Obj], *, currency: str, start: int, end: int, **fields: Any) -> Obj:
    """A phase as the schedule shows it."""
    empty = (
        "application_fee_percent",
        "billing_cycle_anchor",
        "billing_thresholds",
        "collection_method",
        "default_payment_method",
        "description",
        "invoice_settings",
        "on_behalf_of",
        "transfer_data",
        "trial_end",
    )
    lists: Obj = {"add_invoice_items": [], "default_tax_rates": [], "discounts": [], "metadata": {}}
    times = {"start_date": start, "end_date": end, "currency": currency, "items": items}
    return {**dict.fromkeys(empty), **lists, "proration_behavior": "create_prorations", **times, **fields}


def _item(world: World, item: Params) -> Obj:
    price = world.fetch("price", item.need("price"), item.path("price"))
    return item_of(price["id"], item.take("quantity", 1), item.take("metadata") or {})


def item_of(price_id: str, quantity: int | None, metadata: dict[str, str]) -> Obj:
    """One item of a phase."""
    shown: Obj = {"billing_thresholds": None, "discounts": [], "metadata": metadata, "plan": price_id}
    return {**shown, "price": price_id, "quantity": quantity, "tax_rates": []}


def _end(world: World, entry: Params, begin: int, price_id: str) -> int:
    end = entry.take("end_date")
    if end is not None:
        return world.now if end == "now" else int(end)
    duration = entry.section("duration")
    if "interval" in duration:
        return periods.add(begin, duration.take("interval"), duration.take("interval_count", 1))
    recurring = world.fetch("price", price_id)["recurring"]
    return periods.add(begin, recurring["interval"], recurring["interval_count"])


def enter(world: World, subscription: Obj, phase: Obj) -> None:
    """Make the subscription what the phase says, billing any change as the phase says."""
    change = Change(items=_changes(world, subscription, phase), behavior=phase["proration_behavior"])
    fields: dict[str, Any] = {"metadata": {**subscription["metadata"], **phase["metadata"]}}
    for name in ("default_payment_method", "description", "collection_method"):
        if phase.get(name):
            fields[name] = phase[name]
    if not change.items:
        world.change(subscription, changing.UPDATED, **fields)
        return
    entries = changing.apply(world, subscription, change, fields)
    if entries:
        invoice = changing.bill(world, subscription, entries)
        changing.collect(world, subscription, invoice, off_session=True)


def _changes(world: World, subscription: Obj, phase: Obj) -> list[ItemChange]:
    """The fewest item changes from what the subscription has to what the phase wants."""
    wanted = {item["price"]: item for item in phase["items"]}
    present = {item["price"]: item for item in items_of(world, subscription)}
    stale = [item for price, item in present.items() if price not in wanted]
    changes = []
    for price_id, item in wanted.items():
        asked = Wanted(world.fetch("price", price_id), item["quantity"], item["metadata"])
        if price_id in present:
            if present[price_id].get("quantity") != item["quantity"]:
                changes.append(ItemChange(present[price_id]["id"], quantity=item["quantity"]))
        elif stale:
            changes.append(ItemChange(stale.pop(0)["id"], asked, item["quantity"]))
        else:
            changes.append(ItemChange(None, asked))
    return changes + [ItemChange(item["id"], deleted=True) for item in stale]


def begin(world: World, customer: Obj, phase: Obj, **fields: Any) -> Obj:
    """A new subscription in its first phase, its first invoice collected."""
    wanted = [
        Wanted(world.fetch("price", item["price"]), item["quantity"], item["metadata"])
        for item in phase["items"]
    ]
    subscription = subscribing.start(
        world,
        customer=customer,
        wanted=wanted,
        trial_end=phase["trial_end"],
        metadata=phase["metadata"],
        **fields,
    )
    invoice = subscribing.first_invoice(world, subscription)
    if invoice["status"] == "open":
        changing.collect_open(world, subscription, invoice, off_session=True)
        if invoice["status"] == "paid":
            subscribing.settle(world, subscription)
    return subscription
