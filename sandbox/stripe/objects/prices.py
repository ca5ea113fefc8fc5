"""Prices: what a product costs, once or per period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.stripe.errors import ApiError, invalid_param, missing_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.objects import products
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/prices", "PriceCreateParams")
def create(world: World, params: Params) -> Obj:
    """Make a price; amount, currency and interval never change afterwards."""
    price_id = world.ids.new("price")
    recurring = _recurring(params)
    price = blank(
        "price",
        id=price_id,
        created=world.now,
        active=params.take("active", True),
        billing_scheme=params.take("billing_scheme", "per_unit"),
        currency=params.need("currency").lower(),
        product=_product(world, params),
        lookup_key=_lookup_key(world, params, price_id),
        metadata=merged(params),
        nickname=params.take("nickname"),
        recurring=recurring,
        tax_behavior=params.take("tax_behavior", "unspecified"),
        type="recurring" if recurring else "one_time",
        **_amount(params),
    )
    return world.create(price, "price.created")


def inline(world: World, data: Params) -> Obj:
    """A price made on the fly from `price_data`; Stripe keeps it inactive so nobody picks it again."""
    product = data.take("product")
    if product is None:
        product = products.create(world, data.section("product_data"))["id"]
    recurring = _recurring(data)
    price = blank(
        "price",
        id=world.ids.new("price"),
        created=world.now,
        active=False,
        billing_scheme="per_unit",
        currency=data.need("currency").lower(),
        product=world.fetch("product", product, "product")["id"],
        recurring=recurring,
        tax_behavior=data.take("tax_behavior", "unspecified"),
        type="recurring" if recurring else "one_time",
        **_amount(data),
    )
    return world.create(price, "price.created")


def _product(world: World, params: Params) -> str:
    product_id = params.take("product")
    if product_id:
        return str(world.fetch("product", product_id, "product")["id"])
    if "product_data" not in params:
        raise missing_param("product")
    return str(products.create(world, params.section("product_data"))["id"])


def _recurring(params: Params) -> Obj | None:
    if "recurring" not in params:
        return None
    recurring = params.section("recurring")
    return {
        "interval": recurring.need("interval"),
        "interval_count": recurring.take("interval_count", 1),
        "meter": recurring.take("meter"),
        "trial_period_days": recurring.take("trial_period_days"),
        "usage_type": recurring.take("usage_type", "licensed"),
    }


def _amount(params: Params) -> dict[str, Any]:
    if params.take("unit_amount_decimal") is not None:
        exact = Decimal(params.take("unit_amount_decimal"))
        whole = int(exact) if exact == exact.to_integral_value() else None
        return {"unit_amount": whole, "unit_amount_decimal": format(exact.normalize(), "f")}
    amount = params.take("unit_amount")
    if amount is None:
        raise missing_param("unit_amount")
    if amount < 0:
        sentence = "This value must be greater than or equal to 0."
        raise invalid_param(sentence, "unit_amount", "parameter_invalid_integer")
    return {"unit_amount": amount, "unit_amount_decimal": str(amount)}


def _lookup_key(world: World, params: Params, price_id: str) -> str | None:
    key, transfer = params.take("lookup_key"), params.take("transfer_lookup_key", False)
    if not key:
        return None
    for other in world.store.find("price", lookup_key=key):
        if other["id"] == price_id:
            continue
        if not transfer:
            raise ApiError(
                f"A price (`{other['id']}`) already uses that lookup key.",
                code="resource_already_exists",
                param="lookup_key",
            )
        world.change(other, "price.updated", lookup_key=None)
    return str(key)


@route("GET", "/v1/prices/:id", "PriceRetrieveParams")
def retrieve(world: World, params: Params, price_id: str) -> Obj:
    """One price."""
    return world.fetch("price", price_id)


@route("POST", "/v1/prices/:id", "PriceUpdateParams")
def update(world: World, params: Params, price_id: str) -> Obj:
    """Change what may change: active, nickname, metadata, lookup key, tax behaviour."""
    price = world.fetch("price", price_id)
    fields = {k: cleared(v) for k, v in params.given("active", "nickname", "tax_behavior").items()}
    if "lookup_key" in params:
        fields["lookup_key"] = _lookup_key(world, params, price_id)
    metadata = merged(params, price["metadata"])
    return world.change(price, "price.updated", metadata=metadata, **fields)


@route("GET", "/v1/prices", "PriceListParams")
def list_prices(world: World, params: Params) -> Obj:
    """Prices, newest first, filtered as asked."""
    where = params.given("active", "product", "currency", "type")
    if "lookup_keys" in params:
        where["lookup_key"] = params.take("lookup_keys")
    for name, value in params.section("recurring").given("interval", "usage_type", "meter").items():
        where[f"recurring.{name}"] = value
    return list_objects(world, "price", "/v1/prices", params, where)
