"""What happens by itself when time passes: renewals, trial ends, payment retries, cancellations."""

from __future__ import annotations

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import changing, invoicing, lines, periods, proration, settling
from sandbox.stripe.billing.subscribing import end, items_of, method_for, plan_ahead, settle
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
    """What a cancellation before the period's end settles: unused time back, open usage billed."""
    if subscription["status"] in ("trialing", "incomplete"):
        return
    items = items_of(world, subscription)
    unused = [proration.unused(world, item, world.now) for item in items] if prorate else []
    entries = [line for line in unused if line and line["amount"]]
    if invoice_now:
        entries += [line for line in _usage_so_far(world, subscription) if line["amount"]]
        _bill_at_once(world, subscription, entries)
        return
    for line in entries:
        proration.keep_for_later(world, subscription, line)


def _usage_so_far(world: World, subscription: Obj) -> list[Obj]:
    priced = [(item, world.fetch("price", item["price"])) for item in items_of(world, subscription)]
    return [
        lines.of_usage(world, subscription, i, p, (i["current_period_start"], world.now))
        for i, p in priced
        if lines.is_metered(p)
    ]


def _bill_last_usage(world: World, subscription: Obj) -> None:
    """What was metered in the last period is owed although the subscription ends."""
    if subscription["status"] == "trialing":
        return
    used = _usage_so_far(world, subscription)
    if any(line["amount"] for line in used):
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
        _next_period(world, subscription, item)
    after_trial = subscription["status"] == "trialing"
    if after_trial:
        subscription["status"] = "active"
    subscription["latest_invoice"] = invoice_id = world.ids.new("in")
    world.store.put(subscription)
    plan_ahead(world, subscription)
    world.emit_change(UPDATED, before, subscription)
    invoice = _renewal_draft(
        world,
        subscription,
        over,
        invoice_id=invoice_id,
        passed=passed,
        reason="subscription_cycle",
        after_trial=after_trial,
    )
    _send_on_its_way(world, subscription, invoice)


def _next_period(world: World, subscription: Obj, item: Obj) -> None:
    recurring = world.fetch("price", item["price"])["recurring"]
    start = item["current_period_end"]
    anchor = subscription["billing_cycle_anchor"]
    until = periods.next_end(anchor, recurring["interval"], recurring["interval_count"], start)
    world.store.put({**item, "current_period_start": start, "current_period_end": until})
    item.update(current_period_start=start, current_period_end=until)


def _renewal_draft(
    world: World,
    subscription: Obj,
    items: list[Obj],
    *,
    invoice_id: str,
    passed: tuple[int, int],
    reason: str,
    after_trial: bool,
) -> Obj:
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


def upcoming(world: World, subscription: Obj) -> Obj:
    """The draft that the end of the present period will bring, as if it were now."""
    items = items_of(world, subscription)
    ends = min(item["current_period_end"] for item in items)
    over = [item for item in items if item["current_period_end"] == ends]
    passed = (over[0]["current_period_start"], ends)
    for item in over:
        _next_period(world, subscription, item)
    later = {**subscription, "status": "active"}
    return _renewal_draft(
        world,
        later,
        over,
        invoice_id=world.ids.new("in"),
        passed=passed,
        reason="upcoming",
        after_trial=subscription["status"] == "trialing",
    )


def _set_aside(world: World, invoice: Obj, behavior: str) -> None:
    if behavior == "keep_as_draft":
        return
    invoicing.finalize(world, invoice)
    if invoice["status"] == "open":
        (settling.void if behavior == "void" else settling.give_up)(world, invoice)


@action("invoice.overdue")
def overdue(world: World, invoice_id: str) -> None:
    """A sent invoice was not paid by its date: say so, and the subscription is past due."""
    invoice = world.fetch("invoice", invoice_id)
    if invoice["status"] != "open":
        return
    world.emit("invoice.overdue", invoice)
    subscription = subscription_of(world, invoice)
    if subscription and subscription["status"] == "active":
        world.change(subscription, UPDATED, status="past_due")


@action("invoice.finalize")
def finalize(world: World, invoice_id: str) -> None:
    """The hour in which a renewal's draft could be edited is over: finalize and collect."""
    invoice = world.fetch("invoice", invoice_id)
    if invoice["status"] != "draft":
        return
    invoicing.finalize(world, invoice)
    if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
        collect(world, invoice_id)


@action("invoice.collect")
def collect(world: World, invoice_id: str) -> None:
    """Charge an open invoice; on failure the subscription is past due and a retry is planned."""
    invoice = world.fetch("invoice", invoice_id)
    if invoice["status"] != "open":
        return
    subscription = subscription_of(world, invoice)
    method = method_for(world, subscription) if subscription else settling.method_for(world, invoice)
    error = settling.pay(world, invoice, method, off_session=True)
    if subscription is None:
        return
    if invoice["status"] == "paid":
        settle(world, subscription)
    elif error:
        _failed(world, invoice, subscription)


def subscription_of(world: World, invoice: Obj) -> Obj | None:
    """The subscription an invoice bills, if any."""
    if not invoice["parent"]:
        return None
    return world.store.get(invoice["parent"]["subscription_details"]["subscription"])


def _failed(world: World, invoice: Obj, subscription: Obj) -> None:
    first = invoice.setdefault("_first_failure", world.now)
    days = world.settings.retry_days
    left = invoice["attempt_count"] - 1 < len(days)
    retry = first + days[invoice["attempt_count"] - 1] * periods.DAY if left else None
    world.change(invoice, None, next_payment_attempt=retry)
    world.emit("invoice.payment_failed", invoice)
    if retry:
        world.plan(invoice["id"], "invoice.collect", retry)
        if subscription["status"] == "active":
            world.change(subscription, UPDATED, status="past_due")
    else:
        _retries_over(world, subscription)


def _retries_over(world: World, subscription: Obj) -> None:
    outcome = world.settings.when_retries_end
    if outcome == "cancel":
        end(world, subscription, reason="payment_failed")
    elif outcome == "mark_unpaid":
        world.change(subscription, UPDATED, status="unpaid")
