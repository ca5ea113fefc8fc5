"""What Stripe hosts about money: an invoice's page with its payment form, its PDF, a payment's receipt."""

from __future__ import annotations

import datetime as dt
from typing import Any

import stripe
from flask import Blueprint, redirect, render_template, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from sandbox.stripe import cards
from sandbox.stripe.billing import settling
from sandbox.stripe.errors import ApiError
from sandbox.stripe.hosted import pdf
from sandbox.stripe.hosted.checkout import FIELDS, HINTS, advice, check, expiry
from sandbox.stripe.hosted.pdf import Text
from sandbox.stripe.money import show_amount
from sandbox.stripe.objects.payment_methods import new_card
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj

Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/invoice/<account>/<invoice>`, `…/pdf` and `/receipts/<charge>`."""
    blueprint = Blueprint("invoices", __name__)

    @blueprint.route("/invoice/<account_id>/<invoice_id>", methods=["GET", "POST"])
    def show(account_id: str, invoice_id: str) -> Answer:
        invoice = _find(sandbox, "invoice", invoice_id)
        if invoice is None:
            return _nothing_here()
        typed = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
        errors: dict[str, str] = {}
        if request.method == "POST" and invoice["status"] == "open":
            errors = check(typed, needs_email=False) or _pay(sandbox, invoice, typed)
            if not errors:
                return redirect(_next(sandbox, invoice_id), 303)
        hints = [cards.BY_NUMBER[number] for number in HINTS]
        payer = [words for words in (invoice["customer_name"], *_identity(invoice)) if words]
        page = render_template(
            "invoice.html", invoice=invoice, payer=payer, typed=typed, errors=errors, hints=hints
        )
        return (page, 422) if errors else page

    @blueprint.get("/invoice/<account_id>/<invoice_id>/pdf")
    def download(account_id: str, invoice_id: str) -> Answer:
        invoice = _find(sandbox, "invoice", invoice_id)
        if invoice is None or not invoice["number"]:
            return _nothing_here()
        name = f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
        made = pdf.document(invoice_texts(invoice), f"Invoice {invoice['number']}")
        return FlaskResponse(made, mimetype="application/pdf", headers={"Content-Disposition": name})

    @blueprint.get("/receipts/<charge_id>")
    def receipt(charge_id: str) -> Answer:
        charge = _find(sandbox, "charge", charge_id)
        return (
            render_template("receipt.html", charge=charge) if charge and charge["paid"] else _nothing_here()
        )

    return blueprint


def _nothing_here() -> Answer:
    return render_template("closed.html", kind="unknown", session=None), 404


def _find(sandbox: Sandbox, kind: str, object_id: str) -> Obj | None:
    found = sandbox.world.store.get(object_id)
    return found if found and found["object"] == kind else None


def _pay(sandbox: Sandbox, invoice: Obj, typed: dict[str, str]) -> dict[str, str]:
    """Charge the open invoice to a card typed in; answers what went wrong, by field."""
    month, year = expiry(typed["expiry"]) or (12, 2034)
    try:
        with sandbox.world.store.transaction():
            method = new_card(
                sandbox.world, cards.find(typed["number"]), month, year, {"name": typed["name"]}
            )
        with_customer: Any = {"payment_method": method["id"], "off_session": False}
        sandbox.client().v1.invoices.pay(invoice["id"], with_customer)
    except ApiError as refusal:
        return {"card": advice(refusal)}
    except stripe.CardError as error:
        if error.code == "invoice_payment_intent_requires_action":
            return {}
        return {"card": f"{error.user_message} Nothing was charged. Check the details or use another card."}
    return {}


def _next(sandbox: Sandbox, invoice_id: str) -> str:
    """The bank's page when it wants to see the customer, else the invoice again."""
    intent = settling.intent_of(sandbox.world, sandbox.world.fetch("invoice", invoice_id))
    asks = intent and intent["status"] == "requires_action"
    return f"/3ds/{intent['id']}" if intent and asks else request.path


def invoice_texts(invoice: Obj) -> list[Text]:
    """The invoice laid out on a page: who, what for which time, how much."""
    currency = invoice["currency"]
    texts = [
        Text(50, 70, "Invoice", 22, bold=True),
        Text(50, 100, f"Number {invoice['number']}"),
        Text(50, 116, f"Date {_day(invoice['effective_at'] or invoice['created'])}"),
        Text(50, 150, "From", bold=True),
        Text(50, 166, invoice["account_name"] or ""),
        Text(300, 150, "To", bold=True),
        Text(300, 166, invoice["customer_name"] or ""),
        Text(300, 182, invoice["customer_email"] or ""),
        *[Text(300, 198 + 12 * row, words, 8) for row, words in enumerate(_identity(invoice))],
        Text(50, 230, "Description", bold=True),
        Text(545, 230, "Amount", bold=True, right=True),
    ]
    y = 252
    for line in invoice["lines"]["data"][:22]:
        texts.append(Text(50, y, (line["description"] or "")[:80]))
        texts.append(Text(545, y, show_amount(line["amount"], currency), right=True))
        texts.append(Text(50, y + 12, f"{_day(line['period']['start'])} to {_day(line['period']['end'])}", 8))
        y += 32
    off = sum(entry["amount"] for entry in invoice["total_discount_amounts"] or [])
    tax = sum(entry["amount"] for entry in invoice["total_taxes"] or [])
    sums = [("Subtotal", invoice["subtotal"]), ("Discount", -off), ("Tax", tax), ("Total", invoice["total"])]
    sums += [("Paid", invoice["amount_paid"]), ("Credit notes", -_credited(invoice))]
    for label, amount in [*sums, ("Still to pay", invoice["amount_remaining"])]:
        if label in {"Discount", "Tax", "Credit notes"} and not amount:
            continue
        texts.append(Text(380, y + 10, label, bold=label == "Total"))
        texts.append(Text(545, y + 10, show_amount(amount, currency), bold=label == "Total", right=True))
        y += 18
    return [*texts, Text(50, 800, "Made by the Stripe sandbox: a test invoice, nothing was really paid.", 8)]


def _credited(invoice: Obj) -> int:
    return int(invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"])


def _identity(invoice: Obj) -> list[str]:
    """Address and tax ids of who is billed, at most two lines."""
    place = invoice["customer_address"] or {}
    names = ("line1", "line2", "postal_code", "city", "state", "country")
    ids = [entry["value"] for entry in invoice["customer_tax_ids"] or []]
    address = ", ".join(place[name] for name in names if place.get(name))
    return [words for words in (address, " ".join(ids)) if words]


def _day(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%d %b %Y").lstrip("0")
