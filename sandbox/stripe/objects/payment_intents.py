"""Payment intents: one wish for money, from asking to having."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import paying
from sandbox.stripe.errors import ApiError, invalid_param, missing_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.money import show_amount
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_PLAIN = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
)
# The least Stripe charges, in minor units; currencies that are not listed have no limit here.
_LEAST = {"eur": 50, "usd": 50, "chf": 50, "gbp": 30, "jpy": 50}


def new(world: World, *, amount: int, currency: str, customer: str | None, **fields: Any) -> Obj:
    """Store an intent for an amount in minor units."""
    intent_id = world.ids.new("pi")
    intent = blank(
        "payment_intent",
        id=intent_id,
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        capture_method="automatic",
        client_secret=f"{intent_id}_secret_{world.ids.letters(24)}",
        confirmation_method="automatic",
        currency=currency,
        customer=customer,
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        status="requires_payment_method",
        metadata={},
    )
    intent.update(fields)
    return world.create(intent, "payment_intent.created")


@route("POST", "/v1/payment_intents", "PaymentIntentCreateParams")
def create(world: World, params: Params) -> Obj:
    """Ask for money, and take it at once with `confirm=true`."""
    amount = params.need("amount")
    currency = params.need("currency").lower()
    must_be_enough(amount, currency)
    customer = params.take("customer")
    if customer:
        world.fetch("customer", customer, "customer")
    params.ignore("automatic_payment_methods", "payment_method_types", "payment_method_options")
    plain = {k: cleared(v) for k, v in params.given(*_PLAIN).items()}
    fields = {**plain, "metadata": merged(params), **params.given("capture_method")}
    params.ignore("error_on_requires_action")
    confirm, off_session = (params.take("confirm", False), params.take("off_session", False))
    fields["_return_url"] = params.take("return_url")
    method = params.take("payment_method")
    if method:
        method = payment_methods.resolve(world, method)["id"]
        fields |= {"payment_method": method, "status": "requires_confirmation"}
    intent = new(world, amount=amount, currency=currency, customer=customer, **fields)
    return _confirm(world, intent, method, bool(off_session)) if confirm else intent


def must_be_enough(amount: int, currency: str) -> None:
    """Refuse what is too small to be charged."""
    if amount < 1:
        raise invalid_param("This value must be greater than or equal to 1.", "amount")
    if amount < _LEAST.get(currency, 1):
        least = show_amount(_LEAST[currency], currency)
        raise invalid_param(f"Amount must be at least {least}.", "amount", "amount_too_small")


def _confirm(world: World, intent: Obj, method_id: str | None, off_session: bool) -> Obj:
    if not method_id:
        raise missing_param("payment_method")
    method = payment_methods.resolve(world, method_id)
    error = paying.attempt(world, intent, method, off_session=off_session)
    if error:
        raise error
    finish(world, intent, method)
    return intent


def finish(world: World, intent: Obj, method: Obj) -> None:
    """After a success, keep the card for the customer if that was asked for."""
    wanted = intent["setup_future_usage"] and intent["customer"]
    if intent["status"] == "succeeded" and wanted and not method["customer"]:
        payment_methods.keep_for(world, method, intent["customer"])


@route("GET", "/v1/payment_intents/:id", "PaymentIntentRetrieveParams")
def retrieve(world: World, params: Params, intent_id: str) -> Obj:
    """One intent."""
    params.ignore("client_secret")
    return world.fetch("payment_intent", intent_id)


@route("POST", "/v1/payment_intents/:id", "PaymentIntentUpdateParams")
def update(world: World, params: Params, intent_id: str) -> Obj:
    """Change an intent that has not been paid."""
    intent = _open(world, intent_id, "updated")
    fields = {k: cleared(v) for k, v in params.given("amount", "currency", "customer", *_PLAIN).items()}
    if "payment_method" in params:
        method = payment_methods.resolve(world, params.take("payment_method"))
        fields |= {"payment_method": method["id"], "status": "requires_confirmation"}
    return world.change(intent, None, metadata=merged(params, intent["metadata"]), **fields)


@route("POST", "/v1/payment_intents/:id/confirm", "PaymentIntentConfirmParams")
def confirm(world: World, params: Params, intent_id: str) -> Obj:
    """Take the money."""
    intent = _open(world, intent_id, "confirmed")
    if "return_url" in params:
        intent["_return_url"] = params.take("return_url")
    method = params.take("payment_method") or intent["payment_method"]
    return _confirm(world, intent, method, bool(params.take("off_session", False)))


@route("POST", "/v1/payment_intents/:id/cancel", "PaymentIntentCancelParams")
def cancel(world: World, params: Params, intent_id: str) -> Obj:
    """Give up asking."""
    intent = _open(world, intent_id, "canceled", also=("requires_capture",))
    reason = params.take("cancellation_reason")
    fields = {"status": "canceled", "canceled_at": world.now, "cancellation_reason": reason}
    return world.change(intent, "payment_intent.canceled", next_action=None, **fields)


@route("POST", "/v1/payment_intents/:id/capture", "PaymentIntentCaptureParams")
def capture(world: World, params: Params, intent_id: str) -> Obj:
    """Take the money that a confirmed intent set aside."""
    intent = world.fetch("payment_intent", intent_id)
    if intent["status"] != "requires_capture":
        raise ApiError(
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=world.show(intent),
        )
    amount = params.take("amount_to_capture", intent["amount"])
    if not 0 < amount <= intent["amount"]:
        raise invalid_param("The amount to capture must not exceed what was authorized.", "amount_to_capture")
    params.ignore("final_capture")
    intent["metadata"] = merged(params, intent["metadata"])
    paying.capture(world, intent, amount)
    return intent


@route("GET", "/v1/payment_intents", "PaymentIntentListParams")
def list_intents(world: World, params: Params) -> Obj:
    """Intents, newest first."""
    return list_objects(world, "payment_intent", "/v1/payment_intents", params, params.given("customer"))


def _open(world: World, intent_id: str, verb: str, also: tuple[str, ...] = ()) -> Obj:
    intent = world.fetch("payment_intent", intent_id)
    if intent["status"] not in (*_OPEN, *also):
        raise ApiError(
            f"This PaymentIntent's status is {intent['status']}, so it can't be {verb}.",
            code="payment_intent_unexpected_state",
            payment_intent=world.show(intent),
        )
    return intent
