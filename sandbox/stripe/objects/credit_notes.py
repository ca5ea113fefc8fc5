"""Credit notes: an invoice turned out too high, so part of it is taken back."""

from __future__ import annotations

from sandbox.stripe.billing import settling
from sandbox.stripe.errors import ApiError, missing_param
from sandbox.stripe.metadata import merged
from sandbox.stripe.objects import refunds
from sandbox.stripe.paging import envelope, list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/credit_notes", "CreditNoteCreateParams")
def create(world: World, params: Params) -> Obj:
    """Lower an open invoice, or give money of a paid one back: to the card or to the customer's balance."""
    invoice = world.fetch("invoice", params.need("invoice"), "invoice")
    amount = params.take("amount")
    if amount is None:
        raise missing_param("amount")
    before_payment = invoice["status"] == "open"
    _check(invoice, amount, before_payment)
    made = _note(world, params, invoice, amount, before_payment)
    if before_payment:
        _lower(world, invoice, amount)
    else:
        made["refunds"] = _give_back(world, params, invoice, amount)
    return world.create(made, "credit_note.created")


def _check(invoice: Obj, amount: int, before_payment: bool) -> None:
    if invoice["status"] not in ("open", "paid"):
        raise ApiError("You can only create a credit note for an invoice that is open or paid.")
    left = invoice["amount_remaining"] if before_payment else invoice["amount_paid"] - _credited(invoice)
    if not 0 < amount <= left:
        raise ApiError(f"The credit note's amount must be between 1 and {left}.", param="amount")


def _credited(invoice: Obj) -> int:
    return int(invoice["post_payment_credit_notes_amount"])


def _note(world: World, params: Params, invoice: Obj, amount: int, before_payment: bool) -> Obj:
    note_id = world.ids.new("cn")
    line = blank(
        "credit_note_line_item",
        id=world.ids.new("cnli"),
        amount=amount,
        description=params.take("memo") or "Credit",
        discount_amount=0,
        quantity=1,
        type="custom_line_item",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    count = len(world.store.find("credit_note", invoice=invoice["id"])) + 1
    return blank(
        "credit_note",
        id=note_id,
        amount=amount,
        amount_shipping=0,
        created=world.now,
        currency=invoice["currency"],
        customer=invoice["customer"],
        discount_amount=0,
        effective_at=world.now,
        invoice=invoice["id"],
        lines=envelope(f"/v1/credit_notes/{note_id}/lines", [line]),
        memo=params.take("memo"),
        metadata=merged(params),
        number=f"{invoice['number']}-CN-{count:02d}",
        pdf=invoice["invoice_pdf"],
        post_payment_amount=0 if before_payment else amount,
        pre_payment_amount=amount if before_payment else 0,
        reason=params.take("reason"),
        status="issued",
        subtotal=amount,
        subtotal_excluding_tax=amount,
        total=amount,
        total_excluding_tax=amount,
        type="pre_payment" if before_payment else "post_payment",
    )


def _lower(world: World, invoice: Obj, amount: int) -> None:
    credited = invoice["pre_payment_credit_notes_amount"] + amount
    left = invoice["amount_remaining"] - amount
    fields = {"pre_payment_credit_notes_amount": credited, "amount_due": left, "amount_remaining": left}
    world.change(invoice, "invoice.updated", **fields)
    intent = settling.intent_of(world, invoice)
    if left == 0:
        settling.mark_paid(world, invoice, out_of_band=True)
        return
    payment = settling.payment_of(world, invoice)
    if intent and payment:
        world.change(intent, None, amount=left)
        world.store.put({**payment, "amount_requested": left})


def _give_back(world: World, params: Params, invoice: Obj, amount: int) -> list[Obj]:
    to_card = params.take("refund_amount", 0)
    to_balance = params.take("credit_amount", amount - to_card)
    if to_card + to_balance + params.take("out_of_band_amount", 0) != amount:
        raise ApiError("The sum of refund, credit and out of band amounts must equal the credit note amount.")
    world.change(invoice, "invoice.updated", post_payment_credit_notes_amount=_credited(invoice) + amount)
    if to_balance:
        customer = world.fetch("customer", invoice["customer"])
        world.change(customer, "customer.updated", balance=customer["balance"] - to_balance)
    intent = settling.intent_of(world, invoice)
    if not to_card or intent is None:
        return []
    refund = refunds.give_back(world, world.fetch("charge", intent["latest_charge"]), to_card)
    return [
        {"amount_refunded": to_card, "payment_record_refund": None, "refund": refund["id"], "type": "refund"}
    ]


@route("GET", "/v1/credit_notes/:id", "CreditNoteRetrieveParams")
def retrieve(world: World, params: Params, note_id: str) -> Obj:
    """One credit note."""
    return world.fetch("credit_note", note_id, name="credit note")


@route("GET", "/v1/credit_notes", "CreditNoteListParams")
def list_notes(world: World, params: Params) -> Obj:
    """Credit notes, newest first."""
    return list_objects(world, "credit_note", "/v1/credit_notes", params, params.given("customer", "invoice"))
