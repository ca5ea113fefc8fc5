"""Payment methods: the cards a customer pays with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox.stripe import cards
from sandbox.stripe.cards import TestCard
from sandbox.stripe.errors import ApiError, invalid_param, missing_resource
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/payment_methods", "PaymentMethodCreateParams")
def create(world: World, params: Params) -> Obj:
    """Make a card from a test number or from a test token such as `tok_visa`."""
    if params.take("type", "card") != "card":
        raise invalid_param("The sandbox takes cards only. Use type=card.", "type")
    given = params.section("card")
    billing = params.take("billing_details") or {}
    if "token" in given:
        card = _by_token(given.take("token"))
        return new_card(world, card, billing_details=billing, metadata=merged(params))
    month, year = given.need("exp_month"), given.need("exp_year")
    card = cards.find(given.need("number"))
    given.ignore("cvc")
    return new_card(world, card, month, year, billing_details=billing, metadata=merged(params))


def _by_token(token: str) -> TestCard:
    card = cards.BY_TOKEN.get(token.replace("tok_", "pm_card_", 1))
    if card is None:
        raise missing_resource("token", token, "card[token]")
    return card


def new_card(
    world: World,
    card: TestCard,
    month: int = 12,
    year: int | None = None,
    billing_details: dict[str, Any] | None = None,
    metadata: dict[str, str] | None = None,
) -> Obj:
    """Store a payment method for a test card, not yet attached to anybody."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    details = {"address": address, "email": None, "name": None, "phone": None, "tax_id": None}
    method = blank(
        "payment_method",
        id=world.ids.new("pm"),
        type="card",
        allow_redisplay="unspecified",
        billing_details={**details, **(billing_details or {})},
        metadata=metadata or {},
        card=_card(card, month, year or dt.datetime.fromtimestamp(world.now, dt.UTC).year + 4),
    )
    return world.create(method)


def _card(card: TestCard, month: int, year: int) -> Obj:
    if not 1 <= month <= 12:
        raise ApiError(
            "Your card's expiration month is invalid.",
            status=402,
            kind="card_error",
            code="invalid_expiry_month",
            param="exp_month",
        )
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": f"Fp{card.number[-12:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def test_card(method: Obj) -> TestCard:
    """Which test card a stored payment method is."""
    digits = method["card"]["fingerprint"].removeprefix("Fp")
    return next(card for card in cards.CARDS if card.number.endswith(digits))


def resolve(world: World, method_id: str, param: str = "payment_method") -> Obj:
    """A stored method, or a new one for a test id such as `pm_card_visa`."""
    if method_id in cards.BY_TOKEN:
        return new_card(world, cards.BY_TOKEN[method_id])
    return world.fetch("payment_method", method_id, param, "PaymentMethod")


def attach_to(world: World, method_id: str, customer_id: str, param: str = "id") -> Obj:
    """Give a card to a customer; a card that declines at once can't be attached."""
    method = resolve(world, method_id, param)
    world.fetch("customer", customer_id, "customer")
    if method["customer"] == customer_id:
        return method
    if method["customer"] or method.get("_detached"):
        raise ApiError(
            "This PaymentMethod was previously used without being attached to a Customer or was detached "
            "from a Customer, and may not be used again."
        )
    card = test_card(method)
    if card.decline and card.declines_on == "attach":
        raise cards.refusal(card.decline)
    return keep_for(world, method, customer_id)


def keep_for(world: World, method: Obj, customer_id: str) -> Obj:
    """Attach without asking the card, as after a payment that already proved it."""
    method["customer"] = customer_id
    world.store.put(method)
    world.emit("payment_method.attached", method)
    return method


def must_belong(method: Obj, customer_id: str) -> None:
    """Refuse a card of somebody else, or of nobody."""
    if method["customer"] != customer_id:
        raise ApiError(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method "
            "must be attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )


def detach_from(world: World, method: Obj) -> Obj:
    """Take a card away from its customer; it is nobody's default any more and can't come back."""
    customer = world.store.get(method["customer"]) if method["customer"] else None
    previous = {"customer": method["customer"]}
    method["customer"] = None
    world.store.put({**method, "_detached": True})
    world.emit("payment_method.detached", method, previous)
    if customer and customer["invoice_settings"]["default_payment_method"] == method["id"]:
        settings = {**customer["invoice_settings"], "default_payment_method": None}
        world.change(customer, "customer.updated", invoice_settings=settings)
    for subscription in world.store.find("subscription", default_payment_method=method["id"]):
        world.change(subscription, "customer.subscription.updated", default_payment_method=None)
    return method


@route("GET", "/v1/payment_methods/:id", "PaymentMethodRetrieveParams")
def retrieve(world: World, params: Params, method_id: str) -> Obj:
    """One payment method."""
    return world.fetch("payment_method", method_id, name="PaymentMethod")


@route("POST", "/v1/payment_methods/:id", "PaymentMethodUpdateParams")
def update(world: World, params: Params, method_id: str) -> Obj:
    """Change billing details, metadata or the expiry date."""
    method = world.fetch("payment_method", method_id, name="PaymentMethod")
    billing = {**method["billing_details"], **(params.take("billing_details") or {})}
    card = {**method["card"], **params.section("card").given("exp_month", "exp_year")}
    fields = params.given("allow_redisplay")
    metadata = merged(params, method["metadata"])
    fields |= {"billing_details": billing, "card": card, "metadata": metadata}
    return world.change(method, "payment_method.updated", **fields)


@route("POST", "/v1/payment_methods/:id/attach", "PaymentMethodAttachParams")
def attach(world: World, params: Params, method_id: str) -> Obj:
    """Give the card to a customer."""
    return attach_to(world, method_id, params.need("customer"))


@route("POST", "/v1/payment_methods/:id/detach", "PaymentMethodDetachParams")
def detach(world: World, params: Params, method_id: str) -> Obj:
    """Take the card away from its customer."""
    method = world.fetch("payment_method", method_id, name="PaymentMethod")
    if not method["customer"]:
        raise ApiError(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    return detach_from(world, method)


@route("GET", "/v1/payment_methods", "PaymentMethodListParams")
def list_methods(world: World, params: Params) -> Obj:
    """A customer's payment methods."""
    where = params.given("customer", "type", "allow_redisplay")
    return list_objects(world, "payment_method", "/v1/payment_methods", params, where)


@route("GET", "/v1/customers/:id/payment_methods", "CustomerListPaymentMethodsParams")
def list_of_customer(world: World, params: Params, customer_id: str) -> Obj:
    """The same list under the customer's address."""
    world.fetch("customer", customer_id)
    where = {"customer": customer_id, **params.given("type", "allow_redisplay")}
    return list_objects(
        world, "payment_method", f"/v1/customers/{customer_id}/payment_methods", params, where
    )


@route("GET", "/v1/customers/:id/payment_methods/:method", "CustomerRetrievePaymentMethodParams")
def retrieve_of_customer(world: World, params: Params, customer_id: str, method_id: str) -> Obj:
    """One of the customer's payment methods."""
    method = world.fetch("payment_method", method_id, name="PaymentMethod")
    if method["customer"] != customer_id:
        raise missing_resource("PaymentMethod", method_id)
    return method
