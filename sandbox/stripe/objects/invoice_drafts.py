"""Invoices made by hand: for one-off amounts, beside those that subscriptions bring."""

from __future__ import annotations

from sandbox.stripe.billing import invoicing, proration
from sandbox.stripe.errors import missing_param
from sandbox.stripe.metadata import merged
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/invoices", "InvoiceCreateParams")
def create(world: World, params: Params) -> Obj:
    """A draft; with `pending_invoice_items_behavior=include` it takes what waits for the customer."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    with world.on_clock_of(customer):
        takes = params.take("pending_invoice_items_behavior", "exclude") == "include"
        lines = proration.take_pending(world, customer["id"], None) if takes else []
        collection = params.take("collection_method", "charge_automatically")
        days = params.take("days_until_due")
        if collection == "send_invoice" and days is None:
            raise missing_param("days_until_due")
        currency = params.take("currency") or (lines[0]["currency"] if lines else world.settings.currency)
        invoice = invoicing.draft(
            world,
            customer=customer,
            lines=lines,
            currency=currency,
            reason="manual",
            auto_advance=params.take("auto_advance", False),
            collection_method=collection,
            metadata=merged(params),
            _days_until_due=days,
            **params.given("description", "footer", "default_payment_method"),
        )
        proration.attach_pending(world, invoice)
        if invoice["auto_advance"]:
            world.plan(invoice["id"], "invoice.finalize", world.now + world.settings.draft_seconds)
        return invoice
