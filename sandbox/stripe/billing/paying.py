"""Charges cards: what each test card does when money or consent is asked of it."""

from __future__ import annotations

from typing import Any

from sandbox.stripe import cards
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def attempt(
    world: World, intent: Obj, method: Obj, *, off_session: bool = False, authenticated: bool = False
) -> ApiError | None:
    """Try to collect a payment intent; returns the card error, None on success or when the payer must act.

    The caller reads `intent["status"]`: `succeeded`, `requires_action` or `requires_payment_method`.
    """
    card = payment_methods.test_card(method)
    if card.decline:
        return _fail(world, intent, method, cards.refusal(card.decline))
    if _must_authenticate(card, method, off_session) and not authenticated:
        if off_session:
            return _fail(world, intent, method, cards.refusal("authentication_required"))
        _ask(world, intent, method, "payment_intent")
        return None
    _succeed(world, intent, method)
    return None


def verify(world: World, intent: Obj, method: Obj, *, authenticated: bool = False) -> ApiError | None:
    """Try to set a card up for later; same answers as `attempt`."""
    card = payment_methods.test_card(method)
    if card.decline and card.declines_on == "attach":
        error = cards.refusal(card.decline)
        failure = error_object(error, method)
        fields = {"status": "requires_payment_method", "last_setup_error": failure, "payment_method": None}
        world.change(intent, "setup_intent.setup_failed", next_action=None, **fields)
        return error
    if card.three_d_secure and not authenticated:
        _ask(world, intent, method, "setup_intent")
        return None
    world.store.put({**method, "_authenticated": True})
    fields = {"status": "succeeded", "payment_method": method["id"], "next_action": None}
    world.change(intent, "setup_intent.succeeded", last_setup_error=None, **fields)
    return None


def _must_authenticate(card: cards.TestCard, method: Obj, off_session: bool) -> bool:
    if card.three_d_secure == "setup" and off_session:
        return not method.get("_authenticated")
    return card.three_d_secure is not None


def _ask(world: World, intent: Obj, method: Obj, kind: str) -> None:
    page = f"{world.settings.site_url}/3ds/{intent['id']}"
    action = {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": intent.get("_return_url"), "url": page},
    }
    fields = {"status": "requires_action", "payment_method": method["id"], "next_action": action}
    world.change(intent, f"{kind}.requires_action", **fields)


def _fail(world: World, intent: Obj, method: Obj, error: ApiError) -> ApiError:
    charge = _charge(world, intent, method, paid=False, error=error)
    error.details.update({"charge": charge["id"], "payment_method": method, "payment_intent": intent})
    fields: dict[str, Any] = {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "last_payment_error": error_object(error, method, charge["id"]),
        "payment_method": None,
        "next_action": None,
    }
    world.emit("charge.failed", charge)
    world.change(intent, "payment_intent.payment_failed", **fields)
    error.details["payment_intent"] = world.show(intent)
    return error


def refuse(world: World, intent: Obj, method: Obj) -> None:
    """The customer said no to the bank: the intent wants another card."""
    error = ApiError(
        "We are unable to authenticate your payment method. Please choose a different payment method and try "
        "again.",
        code=f"{intent['object']}_authentication_failure",
    )
    field = "last_payment_error" if intent["object"] == "payment_intent" else "last_setup_error"
    event = "payment_failed" if intent["object"] == "payment_intent" else "setup_failed"
    fields = {"status": "requires_payment_method", "next_action": None, "payment_method": None}
    failure = {field: error_object(error, method)}
    world.change(intent, f"{intent['object']}.{event}", **fields, **failure)


def error_object(error: ApiError, method: Obj, charge_id: str | None = None) -> Obj:
    """The error as intents remember it."""
    told = {
        "code": error.code,
        "decline_code": error.details.get("decline_code"),
        "message": error.message,
        "payment_method": {k: v for k, v in method.items() if not k.startswith("_")},
        "type": error.type,
        "charge": charge_id,
    }
    return {name: value for name, value in told.items() if value is not None}


def _succeed(world: World, intent: Obj, method: Obj) -> None:
    charge = _charge(world, intent, method, paid=True)
    world.emit("charge.succeeded", charge)
    if intent["capture_method"] == "manual":
        _hold(world, intent, method, charge)
        return
    fields: dict[str, Any] = {
        "status": "succeeded",
        "latest_charge": charge["id"],
        "amount_received": intent["amount"],
        "payment_method": method["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    world.change(intent, "payment_intent.succeeded", **fields)
    if payment_methods.test_card(method).disputes:
        world.plan(charge["id"], "charge.dispute", world.now)
    if intent["setup_future_usage"]:
        world.store.put({**method, "_authenticated": True})


def _hold(world: World, intent: Obj, method: Obj, charge: Obj) -> None:
    """The money is set aside on the card until it is captured."""
    fields: dict[str, Any] = {
        "status": "requires_capture",
        "latest_charge": charge["id"],
        "amount_capturable": intent["amount"],
        "payment_method": method["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    world.change(intent, None, **fields)
    world.emit("payment_intent.amount_capturable_updated", intent)


def capture(world: World, intent: Obj, amount: int) -> None:
    """Take what was set aside, or less of it; the rest is let go."""
    charge = world.fetch("charge", intent["latest_charge"])
    taken = {**intent, "amount": amount}
    entry = _balance_transaction(world, taken, charge["id"])
    world.change(charge, None, captured=True, amount_captured=amount, balance_transaction=entry)
    world.emit("charge.captured", charge)
    fields = {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    world.change(intent, "payment_intent.succeeded", **fields)


def _charge(world: World, intent: Obj, method: Obj, *, paid: bool, error: ApiError | None = None) -> Obj:
    charge_id = world.ids.new("ch")
    taken = paid and intent["capture_method"] != "manual"
    charge = blank(
        "charge",
        id=charge_id,
        created=world.now,
        amount=intent["amount"],
        amount_captured=intent["amount"] if taken else 0,
        amount_refunded=0,
        balance_transaction=_balance_transaction(world, intent, charge_id) if taken else None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="SANDBOX",
        captured=taken,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        failure_code=error.code if error else None,
        failure_message=error.message if error else None,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        outcome=_outcome(error),
        paid=paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"card": _card_details(method["card"], intent["amount"]), "type": "card"},
        receipt_url=f"{world.settings.site_url}/receipts/{charge_id}" if paid else None,
        refunded=False,
        status="succeeded" if paid else "failed",
    )
    return world.create(charge)


def _outcome(error: ApiError | None) -> Obj:
    reason = (error.details.get("decline_code") or error.code) if error else None
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if error else "approved_by_network",
        "reason": reason,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank did not return any further details." if error else "Payment complete.",
        "type": "issuer_declined" if error else "authorized",
    }


def _card_details(card: Obj, amount: int) -> Obj:
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    extra = {"amount_authorized": amount, "network": card["brand"], "wallet": None, "three_d_secure": None}
    return {name: card[name] for name in kept} | extra | {"installments": None, "mandate": None}


def _balance_transaction(world: World, intent: Obj, charge_id: str) -> str:
    fee = round(intent["amount"] * 0.015) + 25
    transaction = blank(
        "balance_transaction",
        id=world.ids.new("txn"),
        amount=intent["amount"],
        available_on=world.now,
        balance_type="payments",
        currency=intent["currency"],
        description=intent["description"],
        fee=fee,
        fee_details=[
            {
                "amount": fee,
                "application": None,
                "currency": intent["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ],
        net=intent["amount"] - fee,
        reporting_category="charge",
        source=charge_id,
        status="available",
        type="charge",
    )
    return str(world.create(transaction)["id"])
