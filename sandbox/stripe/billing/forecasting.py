"""Looking ahead: the invoice that the end of a period will bring, shown before it is there."""

from __future__ import annotations

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import cycle, invoicing, proration
from sandbox.stripe.billing.subscribing import items_of
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@action("subscription.upcoming")
def tell(world: World, subscription_id: str) -> None:
    """Some days before a renewal, say what it will cost."""
    subscription = world.fetch("subscription", subscription_id)
    if subscription["cancel_at"] or subscription["status"] not in ("active", "trialing", "past_due"):
        return
    with world.store.discarded():
        coming = as_preview(world, upcoming(world, subscription))
    world.emit("invoice.upcoming", coming)


def upcoming(world: World, subscription: Obj) -> Obj:
    """The draft that the end of the present period will bring, as if it were now."""
    items = items_of(world, subscription)
    ends = min(item["current_period_end"] for item in items)
    over = [item for item in items if item["current_period_end"] == ends]
    passed = (over[0]["current_period_start"], ends)
    for item in over:
        cycle.next_period(world, subscription, item)
    later = {**subscription, "status": "active"}
    return cycle.renewal_draft(
        world,
        later,
        over,
        invoice_id=world.ids.new("in"),
        passed=passed,
        reason="upcoming",
        after_trial=subscription["status"] == "trialing",
    )


def last_invoice(world: World, subscription: Obj, entries: list[Obj]) -> Obj:
    """After the end only these lines and what still waits are billed."""
    waiting = proration.take_pending(world, subscription["customer"], subscription["id"])
    return invoicing.draft(
        world,
        customer=world.fetch("customer", subscription["customer"]),
        lines=waiting + entries,
        currency=subscription["currency"],
        reason="upcoming",
        subscription=subscription,
    )


def as_preview(world: World, invoice: Obj) -> Obj:
    """The draft as Stripe shows what does not exist yet, the customer's balance counted in."""
    customer = world.fetch("customer", invoice["customer"])
    invoice["starting_balance"] = customer["balance"]
    invoicing.total_up(invoice)
    invoice["ending_balance"] = min(0, customer["balance"] + invoice["total"])
    preview_id = f"upcoming_{invoice['id']}"
    for line in invoice["lines"]["data"]:
        line["invoice"] = preview_id
    invoice["lines"]["url"] = f"/v1/invoices/{preview_id}/lines"
    return {**invoice, "id": preview_id, "auto_advance": False}
