"""What a change within a period costs: unused time given back, remaining time charged, to the second."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.billing import lines
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def share(amount: int, start: int, end: int, at: int) -> int:
    """The part of `amount` that belongs to the time from `at` to `end`, rounded half away from zero."""
    exact = Decimal(amount) * (end - at) / (end - start)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def unused(world: World, item: Obj, at: int) -> Obj | None:
    """The line that gives back what was paid for time not used; None when nothing was paid ahead."""
    price = world.fetch("price", item["price"])
    return _line(world, item, price, at, sign=-1)


def remaining(world: World, item: Obj, at: int) -> Obj | None:
    """The line that charges an item from `at` until the period's end."""
    price = world.fetch("price", item["price"])
    return _line(world, item, price, at, sign=1)


def _line(world: World, item: Obj, price: Obj, at: int, *, sign: int) -> Obj | None:
    if lines.is_metered(price):
        return None
    start, end = item["current_period_start"], item["current_period_end"]
    whole = lines.total(price, item["quantity"])
    product = world.fetch("product", price["product"])["name"]
    what = product if item["quantity"] in (None, 1) else f"{item['quantity']} \u00d7 {product}"
    when = dt.datetime.fromtimestamp(at, dt.UTC)
    word = "Unused" if sign < 0 else "Remaining"
    return lines.line(
        world,
        amount=sign * share(whole, start, end, at),
        price=price,
        quantity=item["quantity"],
        description=f"{word} time on {what} after {when.day:02} {when:%b} {when.year}",
        period=(at, end),
        parent=lines.parent_of(item, proration=True),
        discountable=False,
    )


def keep_for_later(world: World, subscription: Obj, line: Obj) -> Obj:
    """A pending invoice item that the subscription's next invoice will carry."""
    details = line["parent"]["subscription_item_details"]
    item = pending(
        world,
        customer=subscription["customer"],
        amount=line["amount"],
        currency=line["currency"],
        description=line["description"],
        period=line["period"],
        pricing=line["pricing"],
        quantity=line["quantity"] or 1,
        discountable=False,
        proration=True,
        proration_details={"discount_amounts": []},
        parent={
            "type": "subscription_details",
            "subscription_details": {
                "subscription": subscription["id"],
                "subscription_item": details["subscription_item"],
            },
        },
    )
    return world.create(item, "invoiceitem.created")


def pending(world: World, **fields: object) -> Obj:
    """An invoice item waiting for an invoice."""
    defaults: Obj = {
        "date": world.now,
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "metadata": {},
        "proration": False,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": None,
    }
    defaults.update(fields)
    defaults["quantity_decimal"] = str(defaults["quantity"])
    return blank("invoiceitem", id=world.ids.new("ii"), **defaults)


def bought(world: World, customer_id: str, price: Obj, quantity: int | None, **fields: object) -> Obj:
    """The invoice item of a one-time price."""
    item = pending(
        world,
        customer=customer_id,
        amount=lines.total(price, quantity),
        currency=price["currency"],
        description=world.fetch("product", price["product"])["name"],
        period={"start": world.now, "end": world.now},
        pricing=lines.pricing_of(price),
        quantity=quantity or 1,
        **fields,
    )
    return world.create(item, "invoiceitem.created")


def take_pending(world: World, customer_id: str, subscription_id: str | None) -> list[Obj]:
    """Lines of everything that waits for the next invoice; the caller puts them on one."""
    found = world.store.find("invoiceitem", customer=customer_id, invoice=None)
    return [as_line(world, item) for item in found if owner_of(item) in (None, subscription_id)]


def owner_of(item: Obj) -> str | None:
    """The subscription an invoice item belongs to."""
    found: str | None = ((item["parent"] or {}).get("subscription_details") or {}).get("subscription")
    return found


def attach_pending(world: World, invoice: Obj) -> None:
    """Note on each invoice item which invoice took it."""
    for line in invoice["lines"]["data"]:
        for details in ("invoice_item_details", "subscription_item_details"):
            item_id = ((line["parent"] or {}).get(details) or {}).get("invoice_item")
            if item_id:
                world.store.put({**world.fetch("invoiceitem", item_id), "invoice": invoice["id"]})


def as_line(world: World, item: Obj) -> Obj:
    """The line that an invoice item becomes."""
    subscription_id = owner_of(item)
    common = {"invoice_item": item["id"], "proration": item["proration"]}
    common |= {"proration_details": {"credited_items": None}, "subscription": subscription_id}
    inside = (item["parent"] or {}).get("subscription_details") or {}
    kind = "subscription_item_details" if inside.get("subscription_item") else "invoice_item_details"
    if inside.get("subscription_item"):
        common["subscription_item"] = inside["subscription_item"]
    other = {"subscription_item_details": "invoice_item_details"}.get(kind, "subscription_item_details")
    return blank(
        "line_item",
        id=world.ids.new("il"),
        amount=item["amount"],
        subtotal=item["amount"],
        currency=item["currency"],
        description=item["description"],
        discount_amounts=[],
        discountable=item["discountable"],
        metadata=item["metadata"],
        parent={"type": kind, kind: common, other: None},
        period=item["period"],
        pretax_credit_amounts=[],
        pricing=item["pricing"],
        quantity=item["quantity"],
        quantity_decimal=str(item["quantity"]),
        subscription=subscription_id,
        taxes=[],
    )
