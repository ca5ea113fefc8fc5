"""Coupons, and the promotion codes customers type to get them."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing.discounting import redeemable
from sandbox.stripe.errors import ApiError, invalid_param, missing_param
from sandbox.stripe.expand import includable
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/coupons", "CouponCreateParams")
def create(world: World, params: Params) -> Obj:
    """Make a coupon: a percentage or an amount, for one invoice, some months or for ever."""
    coupon_id = params.take("id") or world.ids.letters(8)
    if world.store.get(coupon_id):
        raise ApiError("Coupon already exists.", code="resource_already_exists", param="id")
    duration = params.take("duration", "once")
    months = params.take("duration_in_months")
    if duration == "repeating" and not months:
        raise missing_param("duration_in_months")
    products = params.section("applies_to").take("products")
    coupon = blank(
        "coupon",
        id=coupon_id,
        duration=duration,
        duration_in_months=months,
        max_redemptions=params.take("max_redemptions"),
        metadata=merged(params),
        name=params.take("name"),
        redeem_by=params.take("redeem_by"),
        times_redeemed=0,
        valid=True,
        _products=products,
        **_off(params),
    )
    return world.create(coupon, "coupon.created")


def _off(params: Params) -> dict[str, Any]:
    percent, amount = params.take("percent_off"), params.take("amount_off")
    if (percent is None) == (amount is None):
        raise ApiError("You must pass either percent_off or amount_off, and not both.")
    if percent is not None and not 0 < percent <= 100:
        raise invalid_param("Invalid percent_off: must be greater than 0 and at most 100.", "percent_off")
    currency = params.need("currency").lower() if amount is not None else params.take("currency")
    return {"percent_off": percent, "amount_off": amount, "currency": currency}


@route("GET", "/v1/coupons/:id", "CouponRetrieveParams")
def retrieve(world: World, params: Params, coupon_id: str) -> Obj:
    """One coupon."""
    coupon = world.fetch("coupon", coupon_id)
    return {**coupon, "valid": redeemable(world, coupon)}


@route("POST", "/v1/coupons/:id", "CouponUpdateParams")
def update(world: World, params: Params, coupon_id: str) -> Obj:
    """Change name or metadata; what it takes off never changes."""
    coupon = world.fetch("coupon", coupon_id)
    metadata = merged(params, coupon["metadata"])
    return world.change(coupon, "coupon.updated", metadata=metadata, **params.given("name"))


@route("DELETE", "/v1/coupons/:id", "CouponDeleteParams")
def delete(world: World, params: Params, coupon_id: str) -> Obj:
    """Nobody can redeem it any more; discounts given stay, so the coupon is only hidden from lists."""
    coupon = world.fetch("coupon", coupon_id)
    world.store.put({**coupon, "object": "coupon", "valid": False, "redeem_by": 1, "_deleted": True})
    world.emit("coupon.deleted", coupon)
    return {"id": coupon_id, "object": "coupon", "deleted": True}


@route("GET", "/v1/coupons", "CouponListParams")
def list_coupons(world: World, params: Params) -> Obj:
    """Coupons, newest first."""
    return list_objects(world, "coupon", "/v1/coupons", params, {"_deleted": None})


@includable("coupon", "applies_to")
def include_applies_to(world: World, coupon: Obj) -> Obj | None:
    """The products a coupon is limited to."""
    products = world.fetch("coupon", coupon["id"]).get("_products")
    return {"products": products} if products else None


@route("POST", "/v1/promotion_codes", "PromotionCodeCreateParams")
def create_code(world: World, params: Params) -> Obj:
    """Make a code that customers can type."""
    given = params.section("promotion")
    given.ignore("type")
    coupon = world.fetch("coupon", given.need("coupon"), "promotion[coupon]")
    code = params.take("code") or world.ids.letters(8).upper()
    if any(c["code"].lower() == code.lower() for c in world.store.find("promotion_code", active=True)):
        raise ApiError("An active promotion code with this code already exists.", param="code")
    restrictions = {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None}
    promotion = blank(
        "promotion_code",
        id=world.ids.new("promo"),
        active=params.take("active", True),
        code=code,
        customer=params.take("customer"),
        expires_at=params.take("expires_at"),
        max_redemptions=params.take("max_redemptions"),
        metadata=merged(params),
        promotion={"type": "coupon", "coupon": coupon["id"]},
        restrictions={**restrictions, **params.section("restrictions").given(*restrictions)},
        times_redeemed=0,
    )
    return world.create(promotion, "promotion_code.created")


@route("GET", "/v1/promotion_codes/:id", "PromotionCodeRetrieveParams")
def retrieve_code(world: World, params: Params, code_id: str) -> Obj:
    """One promotion code."""
    return world.fetch("promotion_code", code_id)


@route("POST", "/v1/promotion_codes/:id", "PromotionCodeUpdateParams")
def update_code(world: World, params: Params, code_id: str) -> Obj:
    """Switch a code on or off, change metadata."""
    promotion = world.fetch("promotion_code", code_id)
    metadata = merged(params, promotion["metadata"])
    return world.change(promotion, "promotion_code.updated", metadata=metadata, **params.given("active"))


@route("GET", "/v1/promotion_codes", "PromotionCodeListParams")
def list_codes(world: World, params: Params) -> Obj:
    """Promotion codes, newest first."""
    where = params.given("active", "code", "customer")
    if "coupon" in params:
        where["promotion.coupon"] = params.take("coupon")
    return list_objects(world, "promotion_code", "/v1/promotion_codes", params, where)


@route("DELETE", "/v1/subscriptions/:id/discount", "SubscriptionDeleteDiscountParams")
def remove_discount(world: World, params: Params, subscription_id: str) -> Obj:
    """The subscription pays in full again."""
    subscription = world.fetch("subscription", subscription_id)
    gone = subscription["discounts"]
    world.change(subscription, "customer.subscription.updated", discounts=[])
    for discount_id in gone:
        world.emit("customer.discount.deleted", world.fetch("discount", discount_id))
    return {"id": gone[0] if gone else "", "object": "discount", "deleted": True}
