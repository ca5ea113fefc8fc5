"""Invoice items: amounts that wait for a customer's next invoice, or stand on a draft."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import drafting, lines, proration
from sandbox.stripe.errors import ApiError, missing_param
from sandbox.stripe.metadata import merged
from sandbox.stripe.objects import prices
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_AMOUNT = ("amount", "quantity", "pricing", "price_data", "unit_amount_decimal")


@route("POST", "/v1/invoiceitems", "InvoiceItemCreateParams")
def create(world: World, params: Params) -> Obj:
    """Put an amount or a one-time price aside for the next invoice, or onto a draft."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    with world.on_clock_of(customer):
        invoice = drafting.draft_of(world, params.take("invoice")) if "invoice" in params else None
        params.ignore("tax_behavior", "tax_code")
        item = proration.pending(
            world,
            customer=customer["id"],
            description=params.take("description"),
            discountable=params.take("discountable", True),
            metadata=merged(params),
            period=params.take("period") or {"start": world.now, "end": world.now},
            parent=_parent(world, params),
            invoice=invoice["id"] if invoice else None,
            **amount_of(world, params),
        )
        item["description"] = item["description"] or _name(world, item)
        world.create(item, "invoiceitem.created")
        if invoice:
            drafting.add(world, invoice, [proration.as_line(world, item)])
        return item


def _name(world: World, item: Obj) -> str | None:
    details = (item["pricing"] or {}).get("price_details")
    return str(world.fetch("product", details["product"])["name"]) if details else None


def _parent(world: World, params: Params) -> Obj | None:
    subscription = params.take("subscription")
    if not subscription:
        return None
    world.fetch("subscription", subscription, "subscription")
    details = {"subscription": subscription, "subscription_item": None}
    return {"type": "subscription_details", "subscription_details": details}


def amount_of(world: World, params: Params, currency: str | None = None) -> dict[str, Any]:
    """Amount, currency and price of an item, as its parameters name them."""
    quantity = params.take("quantity", 1)
    pricing = params.section("pricing")
    if "price" in pricing:
        return _priced(world.fetch("price", pricing.need("price"), "pricing[price]"), quantity)
    if "price_data" in params:
        return _priced(prices.inline(world, params.section("price_data")), quantity)
    if params.take("amount") is None:
        raise missing_param("amount")
    plain = {"amount": params.take("amount"), "quantity": quantity, "pricing": None}
    return {**plain, "currency": (params.take("currency") or currency or params.need("currency")).lower()}


def _priced(price: Obj, quantity: int) -> dict[str, Any]:
    return {
        "amount": lines.total(price, quantity),
        "currency": price["currency"],
        "quantity": quantity,
        "pricing": lines.pricing_of(price),
    }


@route("GET", "/v1/invoiceitems/:id", "InvoiceItemRetrieveParams")
def retrieve(world: World, params: Params, item_id: str) -> Obj:
    """One invoice item."""
    return world.fetch("invoiceitem", item_id)


@route("POST", "/v1/invoiceitems/:id", "InvoiceItemUpdateParams")
def update(world: World, params: Params, item_id: str) -> Obj:
    """Change what waits, or what stands on a draft."""
    item = world.fetch("invoiceitem", item_id)
    invoice = _draft_under(world, item, "changed")
    params.ignore("tax_behavior", "tax_code")
    fields = params.given("description", "discountable", "period")
    if any(name in params for name in _AMOUNT):
        fields |= amount_of(world, params, item["currency"])
    world.change(item, None, metadata=merged(params, item["metadata"]), **fields)
    if invoice:
        left = [line for line in invoice["lines"]["data"] if drafting.item_of(line) != item_id]
        line = {**proration.as_line(world, item), "invoice": invoice["id"]}
        drafting.recount(world, invoice, [*left, line])
    return item


@route("DELETE", "/v1/invoiceitems/:id", "InvoiceItemDeleteParams")
def delete(world: World, params: Params, item_id: str) -> Obj:
    """Take back what no finalized invoice has taken yet."""
    item = world.fetch("invoiceitem", item_id)
    invoice = _draft_under(world, item, "deleted")
    world.store.delete(item_id)
    if invoice:
        drafting.remove(world, invoice, item_id)
    world.emit("invoiceitem.deleted", item)
    return {"id": item_id, "object": "invoiceitem", "deleted": True}


def _draft_under(world: World, item: Obj, verb: str) -> Obj | None:
    if not item["invoice"]:
        return None
    invoice = world.fetch("invoice", item["invoice"])
    if invoice["status"] != "draft":
        raise ApiError(f"This invoice item is on a finalized invoice, so it can't be {verb}.")
    return invoice


@route("GET", "/v1/invoiceitems", "InvoiceItemListParams")
def list_items(world: World, params: Params) -> Obj:
    """Invoice items, newest first; `pending` leaves out those on an invoice."""
    where = params.given("customer", "invoice")
    if params.take("pending"):
        where["invoice"] = None
    return list_objects(world, "invoiceitem", "/v1/invoiceitems", params, where)
