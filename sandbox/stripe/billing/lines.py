"""Lines of an invoice: what is owed for which time, and the sentence that says so."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.billing import metering
from sandbox.stripe.money import show_amount
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def line(  # noqa: PLR0913
    world: World,
    *,
    amount: int,
    price: Obj,
    quantity: int | None,
    description: str,
    period: tuple[int, int],
    parent: Obj,
    metadata: dict[str, str] | None = None,
    discountable: bool = True,
) -> Obj:
    """One line, in minor units of the price's currency."""
    return blank(
        "line_item",
        id=world.ids.new("il"),
        amount=amount,
        subtotal=amount,
        currency=price["currency"],
        description=description,
        discount_amounts=[],
        discountable=discountable,
        parent=parent,
        period={"start": period[0], "end": period[1]},
        pretax_credit_amounts=[],
        pricing=pricing_of(price),
        quantity=quantity,
        quantity_decimal=None if quantity is None else str(quantity),
        subscription=(parent.get("subscription_item_details") or {}).get("subscription"),
        taxes=[],
        metadata=metadata or {},
    )


def pricing_of(price: Obj) -> Obj:
    """How a line names its price."""
    return {
        "type": "price_details",
        "price_details": {"price": price["id"], "product": price["product"]},
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def of_item(world: World, subscription: Obj, item: Obj, price: Obj) -> Obj:
    """The line for one period of a subscription item paid ahead; during a trial it is free."""
    trial = subscription["status"] == "trialing"
    product = world.fetch("product", price["product"])["name"]
    if trial:
        description = f"Trial period for {product}"
    else:
        description = f"{item['quantity']} \u00d7 {product} (at {each(price)})"
    return line(
        world,
        amount=0 if trial else total(price, item["quantity"]),
        price=price,
        quantity=item["quantity"],
        description=description,
        period=(item["current_period_start"], item["current_period_end"]),
        parent=parent_of(item),
        metadata={**subscription["metadata"], **item["metadata"]},
    )


def of_usage(world: World, subscription: Obj, item: Obj, price: Obj, period: tuple[int, int]) -> Obj:
    """The line for what a metered item used in a period that is over."""
    used = metering.usage(world, price, subscription["customer"], *period)
    product = world.fetch("product", price["product"])["name"]
    made = line(
        world,
        amount=_rounded(Decimal(price["unit_amount_decimal"]) * used),
        price=price,
        quantity=int(used),
        description=f"{used.normalize():f} \u00d7 {product} (at {each(price)})",
        period=period,
        parent=parent_of(item),
        metadata={**subscription["metadata"], **item["metadata"]},
    )
    return {**made, "quantity_decimal": f"{used.normalize():f}"}


def is_metered(price: Obj) -> bool:
    """True when the price bills usage afterwards."""
    return bool(price["recurring"] and price["recurring"]["usage_type"] == "metered")


def of_first_period(world: World, subscription: Obj, items: list[Obj]) -> list[Obj]:
    """What is paid ahead when periods begin; usage follows when they are over."""
    priced = [(item, world.fetch("price", item["price"])) for item in items]
    return [of_item(world, subscription, i, price) for i, price in priced if not is_metered(price)]


def of_renewal(
    world: World, subscription: Obj, items: list[Obj], passed: tuple[int, int] | None
) -> list[Obj]:
    """Usage of the period that `passed` (None after a trial: that is free), then what is paid ahead."""
    priced = [(item, world.fetch("price", item["price"])) for item in items]
    metered = [(item, price) for item, price in priced if is_metered(price)] if passed else []
    used = [of_usage(world, subscription, item, price, passed) for item, price in metered if passed]
    return used + of_first_period(world, subscription, items)


def parent_of(item: Obj, *, proration: bool = False) -> Obj:
    """Where a subscription's line comes from."""
    return {
        "type": "subscription_item_details",
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": None,
            "proration": proration,
            "proration_details": {"credited_items": None},
            "subscription": item["subscription"],
            "subscription_item": item["id"],
        },
    }


def total(price: Obj, quantity: int | None) -> int:
    """Price times quantity in whole minor units, half away from zero."""
    return _rounded(Decimal(price["unit_amount_decimal"]) * (1 if quantity is None else quantity))


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def each(price: Obj) -> str:
    """`€19.00 / month`, `€190.00 / year`, `€5.00 every 3 months`."""
    amount = show_amount(Decimal(price["unit_amount_decimal"]), price["currency"])
    recurring = price["recurring"]
    if recurring is None:
        return f"{amount} each"
    if recurring["interval_count"] == 1:
        return f"{amount} / {recurring['interval']}"
    return f"{amount} every {recurring['interval_count']} {recurring['interval']}s"
