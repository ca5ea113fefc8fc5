"""Previews: the invoice a change would bring, found by making the change and taking it back."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import (
    changing,
    cycle,
    discounting,
    drafting,
    forecasting,
    invoicing,
    phases,
    subscribing,
)
from sandbox.stripe.billing.proration import as_line, pending
from sandbox.stripe.errors import missing_param
from sandbox.stripe.objects.invoice_drafts import is_taxed
from sandbox.stripe.objects.invoice_items import amount_of
from sandbox.stripe.objects.subscription_updates import alive, change_of
from sandbox.stripe.objects.subscriptions import trial_end_of, wanted_of
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/invoices/create_preview", "InvoiceCreatePreviewParams")
def create_preview(world: World, params: Params) -> Obj:
    """What the next invoice would be, with the given change if there is one; nothing is stored."""
    with world.store.discarded():
        invoice = _wanted(world, params)
        _with_extras(world, params, invoice)
        return forecasting.as_preview(world, invoice)


def _wanted(world: World, params: Params) -> Obj:
    details = params.section("subscription_details")
    params.ignore("preview_mode", "issuer", "currency")
    subscription_id = params.take("subscription")
    if "schedule" in params:
        schedule = world.fetch("subscription_schedule", params.take("schedule"), "schedule")
        params.ignore("customer")
        return _of_schedule(world, schedule)
    if subscription_id:
        params.ignore("customer")
        return _of_subscription(world, subscription_id, details)
    return _of_new(world, params, details)


def _of_subscription(world: World, subscription_id: str, details: Params) -> Obj:
    subscription = alive(world, subscription_id)
    with world.on_clock_of(subscription):
        change = change_of(world, details, details.each("items"))
        fields = details.given("cancel_at_period_end", "cancel_at")
        if details.take("cancel_now", False):
            prorate = change.behavior != "none"
            entries = cycle.what_ending_bills(world, subscription, usage=True, prorate=prorate)
            return forecasting.last_invoice(world, subscription, entries)
        entries = changing.apply(world, subscription, change, fields) if change.bills else []
        if entries:
            return changing.bill(world, subscription, entries)
        if fields.get("cancel_at_period_end"):
            return forecasting.last_invoice(world, subscription, [])
        return forecasting.upcoming(world, subscription)


def _of_schedule(world: World, schedule: Obj) -> Obj:
    """The invoice of the next phase's beginning, or of its first when it has not begun."""
    subscription = alive(world, schedule["subscription"])
    with world.on_clock_of(subscription):
        coming = [p for p in schedule["phases"] if p["start_date"] > world.now]
        if coming:
            phases.enter(world, subscription, {**coming[0], "proration_behavior": "none"})
            subscription = alive(world, subscription["id"])
        return forecasting.upcoming(world, subscription)


def _of_new(world: World, params: Params, details: Params) -> Obj:
    customer = world.fetch("customer", params.need("customer"), "customer")
    wanted = wanted_of(world, details.each("items"))
    if not wanted and "invoice_items" not in params:
        raise missing_param("subscription_details[items]")
    with world.on_clock_of(customer):
        if not wanted:
            return _by_hand(world, customer)
        trial_end = trial_end_of(world, details)
        details.ignore("proration_behavior", "billing_mode")
        anchor = details.take("billing_cycle_anchor")
        rhythm: dict[str, Any] = {"anchor": anchor if isinstance(anchor, int) else None}
        subscription = subscribing.start(
            world, customer=customer, wanted=wanted, trial_end=trial_end, **rhythm
        )
        return subscribing.draft_first(world, subscription)


def _by_hand(world: World, customer: Obj) -> Obj:
    currency = customer["currency"] or world.settings.currency
    return invoicing.draft(world, customer=customer, lines=[], currency=currency, reason="manual")


def _with_extras(world: World, params: Params, invoice: Obj) -> None:
    """Items, discounts and tax that the preview adds to what the subscription brings."""
    customer = world.fetch("customer", invoice["customer"])
    entries = [_line(world, entry, invoice) for entry in params.each("invoice_items")]
    ids = None
    if "discounts" in params:
        choices = discounting.chosen(world, params.each("discounts"), customer["id"])
        discounting.must_fit(world, choices, invoice["currency"], invoice["subtotal"])
        ids = discounting.grant(world, choices, customer["id"])
    if "automatic_tax" in params:
        invoice["automatic_tax"] = invoicing.tax_state(customer, is_taxed(params, customer))
    drafting.recount(world, invoice, [*invoice["lines"]["data"], *entries], ids)


def _line(world: World, entry: Params, invoice: Obj) -> Obj:
    item = pending(
        world,
        customer=invoice["customer"],
        description=entry.take("description"),
        discountable=entry.take("discountable", True),
        invoice=invoice["id"],
        period=entry.take("period") or {"start": world.now, "end": world.now},
        **amount_of(world, entry, invoice["currency"]),
    )
    return as_line(world, item)
