"""Invoice payments: which payment intent settles which invoice."""

from __future__ import annotations

from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("GET", "/v1/invoice_payments/:id", "InvoicePaymentRetrieveParams")
def retrieve(world: World, params: Params, payment_id: str) -> Obj:
    """One payment of an invoice."""
    return world.fetch("invoice_payment", payment_id)


@route("GET", "/v1/invoice_payments", "InvoicePaymentListParams")
def list_payments(world: World, params: Params) -> Obj:
    """Payments of invoices, by invoice, status or payment intent."""
    where = params.given("status")
    if "invoice" in params:
        where["parent"] = params.take("invoice")
    payment = params.section("payment").given("type", "payment_intent")
    where |= {f"payment.{name}": value for name, value in payment.items()}
    return list_objects(world, "invoice_payment", "/v1/invoice_payments", params, where)
