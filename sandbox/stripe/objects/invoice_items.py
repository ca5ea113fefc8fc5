"""Invoice items: amounts that wait for a customer's next invoice."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import lines, proration
from sandbox.stripe.errors import ApiError, missing_param
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/invoiceitems", "InvoiceItemCreateParams")
def create(world: World, params: Params) -> Obj:
    """Put an amount or a one-time price aside for the next invoice, or onto a draft."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    with world.on_clock_of(customer):
        item = proration.pending(
            world,
            customer=customer["id"],
            description=params.take("description"),
            discountable=params.take("discountable", True),
            metadata=merged(params),
            period=params.take("period") or {"start": world.now, "end": world.now},
            parent=_parent(world, params),
            invoice=params.take("invoice"),
            **_amount(world, params),
        )
        return world.create(item, "invoiceitem.created")


def _parent(world: World, params: Params) -> Obj | None:
    subscription = params.take("subscription")
    if not subscription:
        return None
    world.fetch("subscription", subscription, "subscription")
    details = {"subscription": subscription, "subscription_item": None}
    return {"type": "subscription_details", "subscription_details": details}


def _amount(world: World, params: Params) -> dict[str, Any]:
    quantity = params.take("quantity", 1)
    pricing = params.section("pricing")
    if "price" in pricing:
        price = world.fetch("price", pricing.need("price"), "pricing[price]")
        return {
            "amount": lines.total(price, quantity),
            "currency": price["currency"],
            "quantity": quantity,
            "pricing": lines.pricing_of(price),
        }
    if params.take("amount") is None:
        raise missing_param("amount")
    return {"amount": params.take("amount"), "currency": params.need("currency"), "pricing": None}


@route("GET", "/v1/invoiceitems/:id", "InvoiceItemRetrieveParams")
def retrieve(world: World, params: Params, item_id: str) -> Obj:
    """One invoice item."""
    return world.fetch("invoiceitem", item_id)


@route("DELETE", "/v1/invoiceitems/:id", "InvoiceItemDeleteParams")
def delete(world: World, params: Params, item_id: str) -> Obj:
    """Take back what no invoice has taken yet."""
    item = world.fetch("invoiceitem", item_id)
    if item["invoice"]:
        raise ApiError("This invoice item is on an invoice already, so it can't be deleted.")
    world.store.delete(item_id)
    world.emit("invoiceitem.deleted", item)
    return {"id": item_id, "object": "invoiceitem", "deleted": True}


@route("GET", "/v1/invoiceitems", "InvoiceItemListParams")
def list_items(world: World, params: Params) -> Obj:
    """Invoice items, newest first; `pending` leaves out those on an invoice."""
    where = params.given("customer", "invoice")
    if params.take("pending"):
        where["invoice"] = None
    return list_objects(world, "invoiceitem", "/v1/invoiceitems", params, where)
