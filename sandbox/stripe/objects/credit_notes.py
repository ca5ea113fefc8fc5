"""Credit notes: an invoice turned out too high, so part of it is taken back."""

from __future__ import annotations

from sandbox.stripe.billing import crediting
from sandbox.stripe.errors import ApiError, missing_param, missing_resource
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import envelope, list_objects, list_values
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

KIND = "credit_note"


@route("POST", "/v1/credit_notes", "CreditNoteCreateParams")
def create(world: World, params: Params) -> Obj:
    """Lower an open invoice, or give money of a paid one back: to the card or to the customer's balance."""
    return _issue(world, params)


@route("GET", "/v1/credit_notes/preview", "CreditNotePreviewParams")
def preview(world: World, params: Params) -> Obj:
    """What the credit note would be; nothing is stored."""
    with world.store.discarded():
        return _issue(world, params)


def _issue(world: World, params: Params) -> Obj:
    invoice = world.fetch("invoice", params.need("invoice"), "invoice")
    params.ignore("email_type")
    lines = _lines(world, params, invoice)
    amount = sum(line["amount"] for line in lines)
    crediting.check(invoice, amount)
    note = _note(world, params, invoice, lines, amount)
    to_card, to_balance = params.take("refund_amount", 0), params.take("credit_amount", 0)
    elsewhere = params.take("out_of_band_amount", 0)
    if crediting.is_open(invoice):
        crediting.lower(world, invoice, amount)
    elif to_card + to_balance + elsewhere != amount:
        raise ApiError("The sum of refund, credit and out of band amounts must equal the credit note amount.")
    else:
        crediting.give_back(world, note, invoice, to_card=to_card, to_balance=to_balance)
    return world.create(note, "credit_note.created")


def _lines(world: World, params: Params, invoice: Obj) -> list[Obj]:
    """The lines given, or one that stands for the whole amount."""
    amount, memo = params.take("amount"), params.take("memo")
    entries = params.each("lines")
    if entries:
        return [_line_of(world, entry, invoice) for entry in entries]
    if amount is None:
        raise missing_param("amount")
    return [_line(world, "custom_line_item", amount, memo or "Credit")]


def _line_of(world: World, entry: Params, invoice: Obj) -> Obj:
    entry.ignore("tax_amounts", "tax_rates")
    quantity, each, amount = entry.take("quantity", 1), entry.take("unit_amount"), entry.take("amount")
    words = entry.take("description")
    if entry.need("type") == "custom_line_item":
        total = each * quantity if each is not None else amount
        return _line(world, "custom_line_item", total or 0, words, quantity)
    billed = {line["id"]: line for line in invoice["lines"]["data"]}
    line_id = entry.need("invoice_line_item")
    if line_id not in billed:
        raise missing_resource("invoice line item", line_id, entry.path("invoice_line_item"))
    line = billed[line_id]
    share = line["amount"] * quantity // (line["quantity"] or 1) if "quantity" in entry else line["amount"]
    made = _line(world, "invoice_line_item", share if amount is None else amount, words, quantity)
    return {**made, "invoice_line_item": line_id, "description": words or line["description"]}


def _line(world: World, kind: str, amount: int, description: str | None, quantity: int = 1) -> Obj:
    return blank(
        "credit_note_line_item",
        id=world.ids.new("cnli"),
        amount=amount,
        description=description,
        discount_amount=0,
        metadata={},
        quantity=quantity,
        type=kind,
        unit_amount=amount // quantity,
        unit_amount_decimal=str(amount // quantity),
    )


def _note(world: World, params: Params, invoice: Obj, lines: list[Obj], amount: int) -> Obj:
    note_id, unpaid = world.ids.new("cn"), crediting.is_open(invoice)
    count = len(world.store.find(KIND, invoice=invoice["id"])) + 1
    return blank(
        KIND,
        id=note_id,
        amount=amount,
        amount_shipping=0,
        created=world.now,
        currency=invoice["currency"],
        customer=invoice["customer"],
        discount_amount=0,
        effective_at=params.take("effective_at", world.now),
        invoice=invoice["id"],
        lines=envelope(f"/v1/credit_notes/{note_id}/lines", lines),
        memo=params.take("memo"),
        metadata=merged(params),
        number=f"{invoice['number']}-CN-{count:02d}",
        pdf=f"{world.settings.site_url}/credit_note/{note_id}/pdf",
        post_payment_amount=0 if unpaid else amount,
        pre_payment_amount=amount if unpaid else 0,
        reason=params.take("reason"),
        status="issued",
        subtotal=amount,
        subtotal_excluding_tax=amount,
        total=amount,
        total_excluding_tax=amount,
        type="pre_payment" if unpaid else "post_payment",
    )


@route("GET", "/v1/credit_notes/:id", "CreditNoteRetrieveParams")
def retrieve(world: World, params: Params, note_id: str) -> Obj:
    """One credit note."""
    return world.fetch(KIND, note_id, name="credit note")


@route("POST", "/v1/credit_notes/:id", "CreditNoteUpdateParams")
def update(world: World, params: Params, note_id: str) -> Obj:
    """Change the memo or metadata; amounts never change."""
    note = world.fetch(KIND, note_id, name="credit note")
    metadata = merged(params, note["metadata"])
    return world.change(note, "credit_note.updated", metadata=metadata, **params.given("memo"))


@route("POST", "/v1/credit_notes/:id/void", "CreditNoteVoidCreditNoteParams")
def void(world: World, params: Params, note_id: str) -> Obj:
    """The credit note was a mistake: its invoice, still open, asks for the whole again."""
    note = world.fetch(KIND, note_id, name="credit note")
    invoice = world.fetch("invoice", note["invoice"])
    if note["status"] == "void" or note["type"] != "pre_payment" or not crediting.is_open(invoice):
        raise ApiError("You can only void an issued credit note of an open invoice.")
    crediting.lower(world, invoice, -note["amount"])
    world.change(note, None, status="void", voided_at=world.now)
    world.emit("credit_note.voided", note)
    return note


@route("GET", "/v1/credit_notes/:id/lines", "CreditNoteListLinesParams")
def list_lines(world: World, params: Params, note_id: str) -> Obj:
    """What a credit note takes back."""
    note = world.fetch(KIND, note_id, name="credit note")
    return list_values(f"/v1/credit_notes/{note_id}/lines", note["lines"]["data"], params)


@route("GET", "/v1/credit_notes", "CreditNoteListParams")
def list_notes(world: World, params: Params) -> Obj:
    """Credit notes, newest first."""
    return list_objects(world, KIND, "/v1/credit_notes", params, params.given("customer", "invoice"))
