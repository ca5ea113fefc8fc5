"""What happens by itself when time passes: renewals, trial ends, cancellations."""

from __future__ import annotations

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import changing, invoicing, lines, periods, proration, settling
from sandbox.stripe.billing.subscribing import end, items_of, method_for, plan_ahead
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

UPDATED = "customer.subscription.updated"


@action("subscription.trial_will_end")
def trial_will_end(world: World, subscription_id: str) -> None:
    """Three days before a trial ends, say so."""
    world.emit("customer.subscription.trial_will_end", world.fetch("subscription", subscription_id))


@action("subscription.cancel")
def cancel(world: World, subscription_id: str) -> None:
    """The planned end has come."""
    subscription = world.fetch("subscription", subscription_id)
    _bill_last_usage(world, subscription)
    end(world, subscription)


@action("subscription.expire")
def expire(world: World, subscription_id: str) -> None:
    """The first payment never came: give the subscription up and void its invoice."""
    subscription = world.fetch("subscription", subscription_id)
    invoice = world.fetch("invoice", subscription["latest_invoice"])
    end(world, subscription, reason="expired")
    if invoice["status"] == "open":
        settling.void(world, world.fetch("invoice", invoice["id"]))


@action("subscription.period_end")
def period_end(world: World, subscription_id: str) -> None:
    """A period is over: begin the next one with its invoice, unless a trial ends without a card."""
    subscription = world.fetch("subscription", subscription_id)
    if subscription["status"] == "incomplete":
        return
    if _trial_over_without_card(world, subscription):
        _end_trial_unpaid(world, subscription)
    else:
        _renew(world, subscription)


def last_bill(world: World, subscription: Obj, *, invoice_now: bool, prorate: bool) -> None:
    """What a cancellation before the period's end settles: now, or with the customer's next invoice."""
    entries = what_ending_bills(world, subscription, usage=invoice_now, prorate=prorate)
    if invoice_now:
        _bill_at_once(world, subscription, entries)
        return
    for line in entries:
        proration.keep_for_later(world, subscription, line)


def what_ending_bills(world: World, subscription: Obj, *, usage: bool, prorate: bool) -> list[Obj]:
    """Lines for unused time given back and for usage not billed yet, as asked."""
    if subscription["status"] in ("trialing", "incomplete"):
        return []
    items = items_of(world, subscription)
    found = [proration.unused(world, item, world.now) for item in items] if prorate else []
    found += _usage_so_far(world, subscription) if usage else []
    return [line for line in found if line and line["amount"]]


def _usage_so_far(world: World, subscription: Obj) -> list[Obj]:
    priced = [(item, world.fetch("price", item["price"])) for item in items_of(world, subscription)]
    return [
        lines.of_usage(world, subscription, i, p, (i["current_period_start"], world.now))
        for i, p in priced
        if lines.is_metered(p)
    ]


def _bill_last_usage(world: World, subscription: Obj) -> None:
    """What was metered in the last period is owed although the subscription ends."""
    used = what_ending_bills(world, subscription, usage=True, prorate=False)
    if used:
        _bill_at_once(world, subscription, used)


def _bill_at_once(world: World, subscription: Obj, entries: list[Obj]) -> None:
    if entries or proration.take_pending(world, subscription["customer"], subscription["id"]):
        subscription["latest_invoice"] = world.ids.new("in")
        invoice = changing.bill(world, subscription, entries)
        changing.collect(world, subscription, invoice, off_session=True)


def _trial_over_without_card(world: World, subscription: Obj) -> bool:
    behavior = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    over = subscription["status"] == "trialing" and behavior != "create_invoice"
    return over and method_for(world, subscription) is None


def _end_trial_unpaid(world: World, subscription: Obj) -> None:
    if subscription["trial_settings"]["end_behavior"]["missing_payment_method"] == "cancel":
        end(world, subscription, reason="cancellation_requested")
        return
    world.change(subscription, UPDATED, status="paused")
    world.emit("customer.subscription.paused", subscription)


def _renew(world: World, subscription: Obj) -> None:
    before = world.show(subscription)
    over = [item for item in items_of(world, subscription) if item["current_period_end"] <= world.now]
    passed = (over[0]["current_period_start"], over[0]["current_period_end"])
    for item in over:
        next_period(world, subscription, item)
    after_trial = subscription["status"] == "trialing"
    if after_trial:
        subscription["status"] = "active"
    subscription["latest_invoice"] = invoice_id = world.ids.new("in")
    world.store.put(subscription)
    plan_ahead(world, subscription)
    world.emit_change(UPDATED, before, subscription)
    invoice = renewal_draft(
        world,
        subscription,
        over,
        invoice_id=invoice_id,
        passed=passed,
        reason="subscription_cycle",
        after_trial=after_trial,
    )
    _send_on_its_way(world, subscription, invoice)


def next_period(world: World, subscription: Obj, item: Obj) -> None:
    """Move an item's period to the next beat of its rhythm."""
    recurring = world.fetch("price", item["price"])["recurring"]
    start = item["current_period_end"]
    anchor = subscription["billing_cycle_anchor"]
    until = periods.next_end(anchor, recurring["interval"], recurring["interval_count"], start)
    world.store.put({**item, "current_period_start": start, "current_period_end": until})
    item.update(current_period_start=start, current_period_end=until)


def renewal_draft(
    world: World,
    subscription: Obj,
    items: list[Obj],
    *,
    invoice_id: str,
    passed: tuple[int, int],
    reason: str,
    after_trial: bool,
) -> Obj:
    """The draft for the period that begins, with what waited for it."""
    waiting = proration.take_pending(world, subscription["customer"], subscription["id"])
    entries = lines.of_renewal(world, subscription, items, None if after_trial else passed)
    invoice = invoicing.draft(
        world,
        customer=world.fetch("customer", subscription["customer"]),
        lines=waiting + entries,
        currency=subscription["currency"],
        reason=reason,
        subscription=subscription,
        invoice_id=invoice_id,
        period=passed,
        _days_until_due=subscription["days_until_due"],
    )
    proration.attach_pending(world, invoice)
    return invoice


def _send_on_its_way(world: World, subscription: Obj, invoice: Obj) -> None:
    """Plan the draft's finalization, unless collection is paused or has been given up."""
    if subscription["pause_collection"]:
        invoice["auto_advance"] = False
        world.store.put(invoice)
        _set_aside(world, invoice, subscription["pause_collection"]["behavior"])
    elif subscription["status"] == "unpaid":
        world.store.put({**invoice, "auto_advance": False})
    else:
        due = world.now + world.settings.draft_seconds
        world.store.put({**invoice, "automatically_finalizes_at": due, "next_payment_attempt": due})
        world.plan(invoice["id"], "invoice.finalize", due)


def _set_aside(world: World, invoice: Obj, behavior: str) -> None:
    if behavior == "keep_as_draft":
        return
    invoicing.finalize(world, invoice)
    if invoice["status"] == "open":
        (settling.void if behavior == "void" else settling.give_up)(world, invoice)
