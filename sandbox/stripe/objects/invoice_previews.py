"""Previews: the invoice a change would bring, found by making the change and taking it back."""

from __future__ import annotations

from sandbox.stripe.billing import changing, cycle, invoicing, proration, subscribing
from sandbox.stripe.errors import missing_param
from sandbox.stripe.objects.subscription_updates import alive, change_of
from sandbox.stripe.objects.subscriptions import trial_end_of, wanted_of
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/invoices/create_preview", "InvoiceCreatePreviewParams")
def create_preview(world: World, params: Params) -> Obj:
    """What the next invoice would be, with the given change if there is one; nothing is stored."""
    details = params.section("subscription_details")
    with world.store.discarded():
        if "subscription" in params:
            invoice = _of_subscription(world, params.take("subscription"), details)
            params.ignore("customer")
        else:
            invoice = _of_new(world, params, details)
        customer = world.fetch("customer", invoice["customer"])
        invoice["starting_balance"] = customer["balance"]
        invoicing.total_up(invoice)
        invoice["ending_balance"] = min(0, customer["balance"] + invoice["total"])
    preview_id = f"upcoming_{invoice['id']}"
    for line in invoice["lines"]["data"]:
        line["invoice"] = preview_id
    invoice["lines"]["url"] = f"/v1/invoices/{preview_id}/lines"
    return {**invoice, "id": preview_id, "auto_advance": False}


def _of_subscription(world: World, subscription_id: str, details: Params) -> Obj:
    subscription = alive(world, subscription_id)
    with world.on_clock_of(subscription):
        change = change_of(world, details, details.each("items"))
        fields = details.given("cancel_at_period_end", "cancel_at")
        entries = changing.apply(world, subscription, change, fields) if change.bills else []
        if entries:
            return changing.bill(world, subscription, entries)
        if fields.get("cancel_at_period_end"):
            return _last(world, subscription)
        return cycle.upcoming(world, subscription)


def _last(world: World, subscription: Obj) -> Obj:
    """After the end only what still waits is billed."""
    entries = proration.take_pending(world, subscription["customer"], subscription["id"])
    return invoicing.draft(
        world,
        customer=world.fetch("customer", subscription["customer"]),
        lines=entries,
        currency=subscription["currency"],
        reason="upcoming",
        subscription=subscription,
    )


def _of_new(world: World, params: Params, details: Params) -> Obj:
    customer = world.fetch("customer", params.need("customer"), "customer")
    wanted = wanted_of(world, details.each("items"))
    if not wanted:
        raise missing_param("subscription_details[items]")
    with world.on_clock_of(customer):
        trial_end = trial_end_of(world, details)
        details.ignore("proration_behavior")
        subscription = subscribing.start(world, customer=customer, wanted=wanted, trial_end=trial_end)
        return subscribing.draft_first(world, subscription)
