"""Invoices: what a customer owes, and whether it was paid."""

from __future__ import annotations

from sandbox.stripe.billing import invoicing, settling, subscribing
from sandbox.stripe.errors import ApiError
from sandbox.stripe.expand import includable
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.paging import envelope, list_objects, list_values
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("GET", "/v1/invoices/:id", "InvoiceRetrieveParams")
def retrieve(world: World, params: Params, invoice_id: str) -> Obj:
    """One invoice."""
    return world.fetch("invoice", invoice_id)


@route("GET", "/v1/invoices/:id/lines", "InvoiceLineItemListParams")
def list_lines(world: World, params: Params, invoice_id: str) -> Obj:
    """The invoice's lines."""
    invoice = world.fetch("invoice", invoice_id)
    return list_values(f"/v1/invoices/{invoice_id}/lines", invoice["lines"]["data"], params)


@route("POST", "/v1/invoices/:id/finalize", "InvoiceFinalizeInvoiceParams")
def finalize(world: World, params: Params, invoice_id: str) -> Obj:
    """Close the draft: it gets its number and can be paid."""
    invoice = _in_state(world, invoice_id, ("draft",), "finalized")
    invoice.update(params.given("auto_advance"))
    with world.on_clock_of(invoice):
        return invoicing.finalize(world, invoice)


@route("POST", "/v1/invoices/:id/pay", "InvoicePayParams")
def pay(world: World, params: Params, invoice_id: str) -> Obj:
    """Collect now, with another card if one is given, or note that it was paid elsewhere."""
    invoice = _in_state(world, invoice_id, ("draft", "open", "uncollectible"), "paid")
    with world.on_clock_of(invoice):
        if invoice["status"] == "draft":
            invoicing.finalize(world, invoice)
        subscription = settling.subscription_of(world, invoice)
        params.ignore("off_session", "payment_method", "paid_out_of_band", "forgive")
        if invoice["status"] != "paid":
            _collect(world, params, invoice, subscription)
        if subscription:
            subscribing.settle(world, subscription)
        return invoice


def _collect(world: World, params: Params, invoice: Obj, subscription: Obj | None) -> None:
    if params.take("paid_out_of_band", False):
        settling.mark_paid(world, invoice, out_of_band=True)
        return
    method_id, off_session = (params.take("payment_method"), params.take("off_session", True))
    if method_id:
        method: Obj | None = payment_methods.resolve(world, method_id)
    else:
        method = default_method(world, invoice, subscription)
    error = settling.pay(world, invoice, method, off_session=bool(off_session))
    if error:
        world.emit("invoice.payment_failed", invoice)
        raise error
    if invoice["status"] != "paid":
        raise ApiError(
            "This payment requires additional user action before it can be completed successfully.",
            status=402,
            kind="card_error",
            code="invoice_payment_intent_requires_action",
            keep=True,
        )


def default_method(world: World, invoice: Obj, subscription: Obj | None) -> Obj | None:
    """The card this invoice would be charged to."""
    if invoice["default_payment_method"]:
        return world.fetch("payment_method", invoice["default_payment_method"])
    if subscription:
        return subscribing.method_for(world, subscription)
    return settling.method_for(world, invoice)


@route("POST", "/v1/invoices/:id/send", "InvoiceSendInvoiceParams")
def send(world: World, params: Params, invoice_id: str) -> Obj:
    """Mail the invoice to the customer; a draft is finalized first."""
    invoice = _in_state(world, invoice_id, ("draft", "open", "uncollectible"), "sent")
    with world.on_clock_of(invoice):
        if invoice["status"] == "draft":
            invoicing.finalize(world, invoice)
        world.emit("invoice.sent", invoice)
        return invoice


@route("POST", "/v1/invoices/:id/void", "InvoiceVoidInvoiceParams")
def void(world: World, params: Params, invoice_id: str) -> Obj:
    """Declare a finalized invoice a mistake."""
    return settling.void(world, _in_state(world, invoice_id, ("open", "uncollectible"), "voided"))


@route("POST", "/v1/invoices/:id/mark_uncollectible", "InvoiceMarkUncollectibleParams")
def mark_uncollectible(world: World, params: Params, invoice_id: str) -> Obj:
    """Give up on the money, keep the claim."""
    return settling.give_up(world, _in_state(world, invoice_id, ("draft", "open"), "marked uncollectible"))


@route("DELETE", "/v1/invoices/:id", "InvoiceDeleteParams")
def delete(world: World, params: Params, invoice_id: str) -> Obj:
    """Throw a draft away."""
    invoice = _in_state(world, invoice_id, ("draft",), "deleted")
    world.store.delete(invoice_id)
    world.emit("invoice.deleted", invoice)
    return {"id": invoice_id, "object": "invoice", "deleted": True}


@route("GET", "/v1/invoices", "InvoiceListParams")
def list_invoices(world: World, params: Params) -> Obj:
    """Invoices, newest first."""
    where = params.given("customer", "status", "collection_method")
    if "subscription" in params:
        where["parent"] = params.take("subscription")
    return list_objects(world, "invoice", "/v1/invoices", params, where, ("due_date",))


def _in_state(world: World, invoice_id: str, states: tuple[str, ...], verb: str) -> Obj:
    invoice = world.fetch("invoice", invoice_id)
    if invoice["status"] == "paid" and verb == "paid":
        raise ApiError("Invoice is already paid")
    if invoice["status"] not in states:
        raise ApiError(
            f"This invoice is {invoice['status']}, so it can't be {verb}.", code="invoice_not_editable"
        )
    return invoice


@includable("invoice", "payments")
def include_payments(world: World, invoice: Obj) -> Obj:
    """The payments made for the invoice."""
    found = world.store.find("invoice_payment", parent=invoice["id"])
    return envelope(f"/v1/invoice_payments?invoice={invoice['id']}", found)


@includable("invoice", "confirmation_secret")
def include_confirmation_secret(world: World, invoice: Obj) -> Obj | None:
    """What a browser needs to confirm the payment."""
    intent = settling.intent_of(world, invoice)
    return {"client_secret": intent["client_secret"], "type": "payment_intent"} if intent else None
