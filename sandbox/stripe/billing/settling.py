"""How a finalized invoice ends: paid by card, paid otherwise, voided, or given up."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import balances, paying
from sandbox.stripe.errors import ApiError
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def payment_of(world: World, invoice: Obj) -> Obj | None:
    """The invoice's own payment record, if money was ever asked for."""
    found = world.store.find("invoice_payment", parent=invoice["id"], is_default=True)
    return found[-1] if found else None


def intent_of(world: World, invoice: Obj) -> Obj | None:
    """The payment intent that collects the invoice."""
    payment = payment_of(world, invoice)
    return world.fetch("payment_intent", payment["payment"]["payment_intent"]) if payment else None


def subscription_of(world: World, invoice: Obj) -> Obj | None:
    """The subscription an invoice bills, if any."""
    if not invoice["parent"]:
        return None
    return world.store.get(invoice["parent"]["subscription_details"]["subscription"])


def pay(
    world: World, invoice: Obj, method: Obj | None, *, off_session: bool, authenticated: bool = False
) -> ApiError | None:
    """Try to collect an open invoice with a card; the error comes back, and the invoice remembers."""
    intent = intent_of(world, invoice)
    if intent is None:
        return None
    fields: dict[str, Any] = {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    if method is None:
        error: ApiError | None = ApiError(
            "There is no default_payment_method set on this Customer or Invoice. Please set one.", status=400
        )
    else:
        error = paying.attempt(world, intent, method, off_session=off_session, authenticated=authenticated)
    if error is None and intent["status"] == "succeeded":
        world.change(invoice, None, **fields)
        mark_paid(world, invoice)
        return None
    if error is None:
        world.change(invoice, None, **fields)
        world.emit("invoice.payment_action_required", invoice)
        return None
    world.change(invoice, "invoice.updated", **fields)
    return error


def method_for(world: World, invoice: Obj) -> Obj | None:
    """The card of an invoice without a subscription: its own, else the customer's default."""
    customer = world.fetch("customer", invoice["customer"])
    chosen = invoice["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return world.fetch("payment_method", chosen) if chosen else None


def mark_paid(world: World, invoice: Obj, *, out_of_band: bool = False) -> None:
    """The invoice is settled: by its payment, by credit, or by word of mouth."""
    world.agenda.cancel(invoice["id"])
    payment = payment_of(world, invoice)
    if payment and not out_of_band:
        done = {**payment["status_transitions"], "paid_at": world.now}
        due = payment["amount_requested"]
        payment.update(status="paid", amount_paid=due, status_transitions=done)
        world.store.put(payment)
        world.emit("invoice_payment.paid", payment)
    fields: dict[str, Any] = {
        "status": "paid",
        "attempted": True,
        "amount_paid": 0 if out_of_band else invoice["amount_due"],
        "amount_remaining": 0,
        "next_payment_attempt": None,
        "status_transitions": {**invoice["status_transitions"], "paid_at": world.now},
    }
    world.change(invoice, None, **fields)
    world.emit("invoice.paid", invoice)
    world.emit("invoice.payment_succeeded", invoice)


def void(world: World, invoice: Obj) -> Obj:
    """The invoice counts no more; its payment intent is given up too."""
    world.agenda.cancel(invoice["id"])
    intent = intent_of(world, invoice)
    if intent and intent["status"] not in ("succeeded", "canceled"):
        world.change(intent, "payment_intent.canceled", status="canceled", canceled_at=world.now)
    balances.take_back(world, invoice)
    done = {**invoice["status_transitions"], "voided_at": world.now}
    world.change(invoice, None, status="void", next_payment_attempt=None, status_transitions=done)
    world.emit("invoice.voided", invoice)
    return invoice


def give_up(world: World, invoice: Obj) -> Obj:
    """The money will not come, the claim stays."""
    world.agenda.cancel(invoice["id"])
    done = {**invoice["status_transitions"], "marked_uncollectible_at": world.now}
    world.change(invoice, None, status="uncollectible", status_transitions=done, next_payment_attempt=None)
    world.emit("invoice.marked_uncollectible", invoice)
    return invoice
