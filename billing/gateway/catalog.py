"""What we ask Stripe about products and prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import stripe

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params import (
        PriceCreateParams,
        PriceUpdateParams,
        ProductCreateParams,
        ProductUpdateParams,
    )

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StripePrice:
    """A price as Stripe has it. ``amount`` is in minor units; ``currency`` in capitals, as ours."""

    id: str
    amount: int | None
    currency: str
    interval: str
    active: bool
    lookup_key: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StripeProduct:
    """A product as Stripe has it, with all its prices, active or not, newest first."""

    id: str
    name: str
    description: str
    active: bool
    metadata: Mapping[str, str]
    prices: tuple[StripePrice, ...] = ()


def retrieve_product(product_id: str) -> StripeProduct | None:
    """The product with its prices; None where Stripe has none of that id, which is no failure."""
    found = ask(lambda client: client.v1.products.list({"ids": [product_id]})).data
    return _product(found[0], prices=_prices_of(product_id)) if found else None


def create_product(params: Params, *, idempotency_key: str) -> StripeProduct:
    """Make a product. An id that is taken raises ``StripeRefused``, code ``resource_already_exists``."""
    wanted = cast("ProductCreateParams", params)
    product = ask(lambda client: client.v1.products.create(wanted, {"idempotency_key": idempotency_key}))
    return _product(product)


def update_product(product_id: str, params: Params) -> StripeProduct:
    """Change a product."""
    wanted = cast("ProductUpdateParams", params)
    return _product(ask(lambda client: client.v1.products.update(product_id, wanted)))


def create_price(params: Params, *, idempotency_key: str) -> StripePrice:
    """Make a price; the same key gives the same price."""
    wanted = cast("PriceCreateParams", params)
    return _price(ask(lambda client: client.v1.prices.create(wanted, {"idempotency_key": idempotency_key})))


def update_price(price_id: str, params: Params) -> StripePrice:
    """Change what may change of a price."""
    wanted = cast("PriceUpdateParams", params)
    return _price(ask(lambda client: client.v1.prices.update(price_id, wanted)))


def _prices_of(product_id: str) -> tuple[StripePrice, ...]:
    prices = ask(
        lambda client: list(client.v1.prices.list({"product": product_id, "limit": 100}).auto_paging_iter())
    )
    return tuple(_price(price) for price in prices)


def _product(product: stripe.Product, prices: tuple[StripePrice, ...] = ()) -> StripeProduct:
    return StripeProduct(
        id=product.id,
        name=product.name,
        description=product.description or "",
        active=product.active,
        metadata=product.metadata.to_dict() if product.metadata else {},
        prices=prices,
    )


def _price(price: stripe.Price) -> StripePrice:
    return StripePrice(
        id=price.id,
        amount=price.unit_amount,
        currency=price.currency.upper(),
        interval=price.recurring.interval if price.recurring else "",
        active=price.active,
        lookup_key=price.lookup_key or "",
        metadata=price.metadata.to_dict() if price.metadata else {},
    )
