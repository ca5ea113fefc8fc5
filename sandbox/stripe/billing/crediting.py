"""Taking back part of an invoice: before it is paid it gets lower, afterwards the money goes back."""

from __future__ import annotations

from sandbox.stripe.billing import balances, settling
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import refunds
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def check(invoice: Obj, amount: int) -> None:
    """Only an open or paid invoice can be credited, and never more than is left of it."""
    if invoice["status"] not in ("open", "paid"):
        raise ApiError("You can only create a credit note for an invoice that is open or paid.")
    left = invoice["amount_remaining"] if is_open(invoice) else invoice["amount_paid"] - credited(invoice)
    if not 0 < amount <= left:
        raise ApiError(f"The credit note's amount must be between 1 and {left}.", param="amount")


def is_open(invoice: Obj) -> bool:
    """True while the invoice waits for its money."""
    return bool(invoice["status"] == "open")


def credited(invoice: Obj) -> int:
    """What was given back of a paid invoice so far."""
    return int(invoice["post_payment_credit_notes_amount"])


def lower(world: World, invoice: Obj, amount: int) -> None:
    """The open invoice asks for less (or, with a negative amount, for more again)."""
    total = invoice["pre_payment_credit_notes_amount"] + amount
    left = invoice["amount_remaining"] - amount
    fields = {"pre_payment_credit_notes_amount": total, "amount_due": left, "amount_remaining": left}
    world.change(invoice, "invoice.updated", **fields)
    if left == 0:
        settling.mark_paid(world, invoice, out_of_band=True)
        return
    intent, payment = settling.intent_of(world, invoice), settling.payment_of(world, invoice)
    if intent and payment:
        world.change(intent, None, amount=left)
        world.store.put({**payment, "amount_requested": left})


def give_back(world: World, note: Obj, invoice: Obj, *, to_card: int, to_balance: int) -> None:
    """Money of a paid invoice goes back to the card and to the customer's balance."""
    total = credited(invoice) + note["amount"]
    world.change(invoice, "invoice.updated", post_payment_credit_notes_amount=total)
    if to_balance:
        customer = world.fetch("customer", invoice["customer"])
        about = {"credit_note": note["id"], "invoice": invoice["id"]}
        entry = balances.move(world, customer, -to_balance, "credit_note", invoice["currency"], **about)
        note["customer_balance_transaction"] = entry["id"]
    intent = settling.intent_of(world, invoice)
    if to_card and intent:
        refund = refunds.give_back(world, world.fetch("charge", intent["latest_charge"]), to_card)
        shown = {"amount_refunded": to_card, "payment_record_refund": None, "type": "refund"}
        note["refunds"] = [{**shown, "refund": refund["id"]}]
