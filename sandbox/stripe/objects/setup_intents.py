"""Setup intents: proving a card for later without charging it."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import paying
from sandbox.stripe.errors import ApiError, missing_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def new(world: World, *, customer: str | None, **fields: Any) -> Obj:
    """Store an intent to set a card up for off-session use."""
    intent_id = world.ids.new("seti")
    intent = blank(
        "setup_intent",
        id=intent_id,
        client_secret=f"{intent_id}_secret_{world.ids.letters(24)}",
        customer=customer,
        metadata={},
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        status="requires_payment_method",
        usage="off_session",
    )
    intent.update(fields)
    return world.create(intent, "setup_intent.created")


@route("POST", "/v1/setup_intents", "SetupIntentCreateParams")
def create(world: World, params: Params) -> Obj:
    """Ask for a card, and prove it at once with `confirm=true`."""
    customer = params.take("customer")
    if customer:
        world.fetch("customer", customer, "customer")
    params.ignore("automatic_payment_methods", "payment_method_types", "payment_method_options")
    fields = {"metadata": merged(params), **params.given("description", "usage")}
    fields["_return_url"] = params.take("return_url")
    method, confirm_now = params.take("payment_method"), params.take("confirm", False)
    if method:
        method = payment_methods.resolve(world, method)["id"]
        fields |= {"payment_method": method, "status": "requires_confirmation"}
    intent = new(world, customer=customer, **fields)
    return _confirm(world, intent, method) if confirm_now else intent


def _confirm(world: World, intent: Obj, method_id: str | None) -> Obj:
    if not method_id:
        raise missing_param("payment_method")
    method = payment_methods.resolve(world, method_id)
    error = paying.verify(world, intent, method)
    if error:
        error.details["setup_intent"] = world.show(intent)
        raise error
    finish(world, intent)
    return intent


def finish(world: World, intent: Obj) -> None:
    """After a success the card belongs to the intent's customer."""
    if intent["status"] == "succeeded" and intent["customer"]:
        method = world.fetch("payment_method", intent["payment_method"])
        if not method["customer"]:
            payment_methods.keep_for(world, method, intent["customer"])


@route("GET", "/v1/setup_intents/:id", "SetupIntentRetrieveParams")
def retrieve(world: World, params: Params, intent_id: str) -> Obj:
    """One intent."""
    params.ignore("client_secret")
    return world.fetch("setup_intent", intent_id)


@route("POST", "/v1/setup_intents/:id", "SetupIntentUpdateParams")
def update(world: World, params: Params, intent_id: str) -> Obj:
    """Change an intent that is still open."""
    intent = _open(world, intent_id)
    fields = {k: cleared(v) for k, v in params.given("customer", "description", "payment_method").items()}
    return world.change(intent, None, metadata=merged(params, intent["metadata"]), **fields)


@route("POST", "/v1/setup_intents/:id/confirm", "SetupIntentConfirmParams")
def confirm(world: World, params: Params, intent_id: str) -> Obj:
    """Prove the card."""
    intent = _open(world, intent_id)
    if "return_url" in params:
        intent["_return_url"] = params.take("return_url")
    return _confirm(world, intent, params.take("payment_method") or intent["payment_method"])


@route("POST", "/v1/setup_intents/:id/cancel", "SetupIntentCancelParams")
def cancel(world: World, params: Params, intent_id: str) -> Obj:
    """Give up asking."""
    intent = _open(world, intent_id)
    reason = params.take("cancellation_reason")
    return world.change(intent, "setup_intent.canceled", status="canceled", cancellation_reason=reason)


@route("GET", "/v1/setup_intents", "SetupIntentListParams")
def list_intents(world: World, params: Params) -> Obj:
    """Intents, newest first."""
    where = params.given("customer", "payment_method")
    return list_objects(world, "setup_intent", "/v1/setup_intents", params, where)


def _open(world: World, intent_id: str) -> Obj:
    intent = world.fetch("setup_intent", intent_id)
    if intent["status"] not in _OPEN:
        raise ApiError(
            f"This SetupIntent's status is {intent['status']}, so it can't be changed.",
            code="setup_intent_unexpected_state",
            setup_intent=world.show(intent),
        )
    return intent
