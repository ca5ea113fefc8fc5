"""The hosted page of an invoice."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from sandbox.stripe.sandbox import Sandbox

Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/invoice/<account>/<invoice>`."""
    blueprint = Blueprint("invoices", __name__)

    @blueprint.get("/invoice/<account_id>/<invoice_id>")
    def show(account_id: str, invoice_id: str) -> Answer:
        invoice = sandbox.world.store.get(invoice_id)
        if invoice is None or invoice["object"] != "invoice":
            return render_template("closed.html", kind="unknown", session=None), 404
        return render_template("invoice.html", invoice=invoice)

    return blueprint
