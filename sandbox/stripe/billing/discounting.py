"""Discounts: who may redeem what, and how much it takes off each line."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.stripe.billing import periods
from sandbox.stripe.errors import ApiError, invalid_param
from sandbox.stripe.money import show_amount
from sandbox.stripe.params import Params
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def chosen(world: World, entries: list[Params], customer_id: str | None) -> list[Obj]:
    """What a `discounts` parameter names: a list of `{"coupon": id, "promotion_code": id or None}`."""
    return [_choice(world, entry, customer_id) for entry in entries]


def _choice(world: World, entry: Params, customer_id: str | None) -> Obj:
    if "promotion_code" in entry:
        promotion = world.fetch("promotion_code", entry.take("promotion_code"), entry.path("promotion_code"))
        must_apply(world, promotion, customer_id)
        return {"coupon": promotion["promotion"]["coupon"], "promotion_code": promotion["id"]}
    if "discount" in entry:
        kept = world.fetch("discount", entry.take("discount"), entry.path("discount"))
        return {
            "coupon": kept["source"]["coupon"],
            "promotion_code": kept["promotion_code"],
            "kept": kept["id"],
        }
    coupon = world.fetch("coupon", entry.need("coupon"), entry.path("coupon"))
    if not redeemable(world, coupon):
        raise invalid_param(f"Coupon expired: {coupon['id']}", entry.path("coupon"), "coupon_expired")
    return {"coupon": coupon["id"], "promotion_code": None}


def _used_up(redeemed: Obj) -> bool:
    most = redeemed["max_redemptions"]
    return most is not None and redeemed["times_redeemed"] >= most


def redeemable(world: World, coupon: Obj) -> bool:
    """True while the coupon has not run out of time or redemptions."""
    return not _used_up(coupon) and not (coupon["redeem_by"] and coupon["redeem_by"] < world.now)


def must_apply(world: World, promotion: Obj, customer_id: str | None) -> None:
    """Refuse a promotion code that is spent, switched off, somebody else's or for first orders only."""
    coupon = world.fetch("coupon", promotion["promotion"]["coupon"])
    late = promotion["expires_at"] and promotion["expires_at"] <= world.now
    if _used_up(promotion) or late or not promotion["active"] or not redeemable(world, coupon):
        raise ApiError("This promotion code is no longer valid.", code="promotion_code_expired")
    if promotion["customer"] and promotion["customer"] != customer_id:
        raise ApiError("This promotion code cannot be redeemed by this customer.")
    first_only = promotion["restrictions"]["first_time_transaction"]
    if first_only and customer_id and world.store.find("charge", customer=customer_id, paid=True):
        raise ApiError(
            "This promotion code cannot be redeemed because the associated customer has prior transactions."
        )


def must_fit(world: World, choices: list[Obj], currency: str, subtotal: int) -> None:
    """Refuse what is in another currency, or asks for a larger order than `subtotal` minor units."""
    for choice in choices:
        coupon = world.fetch("coupon", choice["coupon"])
        if coupon["amount_off"] is not None and coupon["currency"] != currency:
            raise ApiError(
                f"The coupon {coupon['id']} is in {coupon['currency']}, so it can't be applied to prices in "
                f"{currency}."
            )
        if choice["promotion_code"]:
            _must_be_enough(world.fetch("promotion_code", choice["promotion_code"]), currency, subtotal)


def _must_be_enough(promotion: Obj, currency: str, subtotal: int) -> None:
    least = promotion["restrictions"]["minimum_amount"]
    if least is None:
        return
    if promotion["restrictions"]["minimum_amount_currency"] != currency or subtotal < least:
        amount = show_amount(least, promotion["restrictions"]["minimum_amount_currency"])
        raise ApiError(f"This promotion code needs an order of at least {amount}.")


def grant(world: World, choices: list[Obj], customer_id: str, **owner: Any) -> list[str]:
    """Redeem: count it and keep a discount object for each; answers their ids."""
    return [choice.get("kept") or _grant_one(world, choice, customer_id, owner) for choice in choices]


def _grant_one(world: World, choice: Obj, customer_id: str, owner: dict[str, Any]) -> str:
    coupon = world.fetch("coupon", choice["coupon"])
    coupon["times_redeemed"] += 1
    coupon["valid"] = redeemable(world, coupon)
    world.store.put(coupon)
    if choice["promotion_code"]:
        promotion = world.fetch("promotion_code", choice["promotion_code"])
        world.store.put({**promotion, "times_redeemed": promotion["times_redeemed"] + 1})
    months = coupon["duration_in_months"]
    discount = blank(
        "discount",
        id=world.ids.new("di"),
        customer=customer_id,
        end=periods.add(world.now, "month", months) if months else None,
        promotion_code=choice["promotion_code"],
        source={"type": "coupon", "coupon": coupon["id"]},
        start=world.now,
        **owner,
    )
    world.create(discount, "customer.discount.created")
    return str(discount["id"])


def take_off(world: World, invoice: Obj, discount_ids: list[str]) -> None:
    """Write each live discount onto the invoice's lines and sums; a `once` coupon is spent by it."""
    entries = invoice["lines"]["data"]
    left = {line["id"]: line["amount"] for line in entries if line["discountable"] and line["amount"] > 0}
    for discount_id in discount_ids:
        discount = world.fetch("discount", discount_id)
        coupon = world.fetch("coupon", discount["source"]["coupon"])
        if discount.get("_spent") or (discount["end"] and discount["end"] <= world.now):
            continue
        open_lines = [line for line in entries if line["id"] in left and _covers(coupon, line)]
        parts = split(coupon, [left[line["id"]] for line in open_lines])
        for line, part in zip(open_lines, parts, strict=True):
            left[line["id"]] -= part
            line["discount_amounts"].append({"amount": part, "discount": discount_id})
        invoice["discounts"].append(discount_id)
        invoice["total_discount_amounts"].append({"amount": sum(parts), "discount": discount_id})
        if coupon["duration"] == "once" and sum(parts):
            world.store.put({**discount, "_spent": True})


def _covers(coupon: Obj, line: Obj) -> bool:
    return covers(coupon, ((line["pricing"] or {}).get("price_details") or {}).get("product"))


def covers(coupon: Obj, product: str | None) -> bool:
    """True when the coupon takes something off this product."""
    products = coupon.get("_products") or []
    return not products or product in products


def split(coupon: Obj, amounts: list[int]) -> list[int]:
    """How much a coupon takes off each amount; a fixed sum is shared by size, to the last cent."""
    if coupon["percent_off"] is not None:
        rate = Decimal(str(coupon["percent_off"])) / 100
        return [int((amount * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP)) for amount in amounts]
    total = sum(amounts)
    off = min(coupon["amount_off"], total)
    parts: list[int] = []
    for position, amount in enumerate(amounts):
        rest = off - sum(parts)
        behind = sum(amounts[position:])
        parts.append(min(amount, -(-rest * amount // behind)) if behind else 0)
    return parts
