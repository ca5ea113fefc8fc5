"""Invoices made by hand: for one-off amounts, beside those that subscriptions bring."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import discounting, drafting, invoicing, proration, taxing
from sandbox.stripe.errors import missing_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.objects.invoice_items import amount_of
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_PLAIN = ("description", "footer", "default_payment_method", "custom_fields", "statement_descriptor")
_WITHOUT_EFFECT = ("payment_settings", "rendering", "issuer")


@route("POST", "/v1/invoices", "InvoiceCreateParams")
def create(world: World, params: Params) -> Obj:
    """A draft; with `pending_invoice_items_behavior=include` it takes what waits for the customer."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    subscription = params.take("subscription")
    held = world.fetch("subscription", subscription, "subscription") if subscription else None
    params.ignore(*_WITHOUT_EFFECT)
    with world.on_clock_of(customer):
        takes = params.take("pending_invoice_items_behavior", "exclude") == "include"
        lines = proration.take_pending(world, customer["id"], subscription) if takes or held else []
        currency = params.take("currency") or (lines[0]["currency"] if lines else world.settings.currency)
        invoice = invoicing.draft(
            world,
            customer=customer,
            lines=lines,
            currency=currency,
            reason="manual",
            subscription=held,
            discounts=granted(world, params, customer["id"]),
            taxed=is_taxed(params, customer),
            auto_advance=params.take("auto_advance", False),
            metadata=merged(params),
            **_collection(params),
            **{name: cleared(value) for name, value in params.given(*_PLAIN).items()},
        )
        proration.attach_pending(world, invoice)
        plan(world, invoice)
        return invoice


def _collection(params: Params) -> dict[str, Any]:
    collection, days = params.take("collection_method", "charge_automatically"), params.take("days_until_due")
    due = params.take("due_date")
    if collection == "send_invoice" and days is None and due is None:
        raise missing_param("days_until_due")
    return {"collection_method": collection, "due_date": due, "_days_until_due": days}


def granted(world: World, params: Params, customer_id: str) -> list[str]:
    """The discounts that the parameters ask for, redeemed."""
    choices = discounting.chosen(world, params.each("discounts"), customer_id)
    return discounting.grant(world, choices, customer_id)


def is_taxed(params: Params, customer: Obj) -> bool:
    """Whether automatic tax is asked for; refused when nobody knows where the customer is."""
    section = params.section("automatic_tax")
    section.ignore("liability")
    enabled = bool(section.take("enabled", False))
    if enabled:
        taxing.must_be_located(customer)
    return enabled


def plan(world: World, invoice: Obj) -> None:
    """A draft that advances by itself is finalized after its hour."""
    world.agenda.cancel(invoice["id"], "invoice.finalize")
    if invoice["auto_advance"]:
        due = world.now + world.settings.draft_seconds
        world.store.put({**invoice, "automatically_finalizes_at": due})
        invoice["automatically_finalizes_at"] = due
        world.plan(invoice["id"], "invoice.finalize", due)


@route("POST", "/v1/invoices/:id", "InvoiceUpdateParams")
def update(world: World, params: Params, invoice_id: str) -> Obj:
    """Change a draft, or the little that may change after drafting."""
    invoice = world.fetch("invoice", invoice_id)
    params.ignore(*_WITHOUT_EFFECT)
    fields = {k: cleared(v) for k, v in params.given("auto_advance", *_PLAIN).items()}
    if any(name in params for name in ("collection_method", "days_until_due", "due_date")):
        drafting.draft_of(world, invoice_id)
        fields |= _collection(params)
    world.change(invoice, "invoice.updated", metadata=merged(params, invoice["metadata"]), **fields)
    if "discounts" in params:
        drafting.draft_of(world, invoice_id)
        ids = granted(world, params, invoice["customer"])
        drafting.recount(world, invoice, invoice["lines"]["data"], ids)
    if invoice["status"] == "draft" and "auto_advance" in fields:
        plan(world, invoice)
    return invoice


@route("POST", "/v1/invoices/:id/add_lines", "InvoiceAddLinesParams")
def add_lines(world: World, params: Params, invoice_id: str) -> Obj:
    """Put amounts or prices straight onto a draft."""
    invoice = drafting.draft_of(world, invoice_id, "id")
    with world.on_clock_of(invoice):
        entries = [_line(world, entry, invoice) for entry in params.each("lines")]
        params.ignore("invoice_metadata")
        return drafting.add(world, invoice, entries)


def _line(world: World, entry: Params, invoice: Obj) -> Obj:
    item = proration.pending(
        world,
        customer=invoice["customer"],
        description=entry.take("description"),
        discountable=entry.take("discountable", True),
        invoice=invoice["id"],
        metadata=entry.take("metadata") or {},
        period=entry.take("period") or {"start": world.now, "end": world.now},
        **amount_of(world, entry, invoice["currency"]),
    )
    world.create(item, "invoiceitem.created")
    return proration.as_line(world, item)
