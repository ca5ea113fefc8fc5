"""Refunds: money given back, in whole or in part, never more than was taken."""

from __future__ import annotations

from sandbox.stripe.errors import ApiError, missing_param
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/refunds", "RefundCreateParams")
def create(world: World, params: Params) -> Obj:
    """Give back a charge, or the charge of a payment intent."""
    charge = _charge(world, params)
    amount = params.take("amount")
    fields = {"metadata": merged(params), "reason": params.take("reason")}
    return give_back(world, charge, amount, **fields)


def give_back(world: World, charge: Obj, amount: int | None = None, **fields: object) -> Obj:
    """Refund `amount` minor units of a charge, by default all that is left."""
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise ApiError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            if amount > left
            else "Invalid positive integer",
            param="amount",
        )
    refund = blank(
        "refund",
        id=world.ids.new("re"),
        amount=amount,
        balance_transaction=_balance_transaction(world, charge, amount),
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        status="succeeded",
        destination_details=None,
        metadata={},
    )
    refund.update(fields)
    world.create(refund, "refund.created")
    total = charge["amount_refunded"] + amount
    world.change(charge, None, amount_refunded=total, refunded=total == charge["amount"])
    world.emit("charge.refunded", charge)
    return refund


def _charge(world: World, params: Params) -> Obj:
    charge_id, intent_id = params.take("charge"), params.take("payment_intent")
    if not charge_id and not intent_id:
        raise missing_param("payment_intent")
    if charge_id:
        return world.fetch("charge", charge_id, "charge")
    intent = world.fetch("payment_intent", intent_id, "payment_intent")
    if intent["status"] != "succeeded":
        raise ApiError(
            f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return world.fetch("charge", intent["latest_charge"])


def _balance_transaction(world: World, charge: Obj, amount: int) -> str:
    transaction = blank(
        "balance_transaction",
        id=world.ids.new("txn"),
        amount=-amount,
        available_on=world.now,
        balance_type="payments",
        currency=charge["currency"],
        description="REFUND FOR CHARGE",
        fee=0,
        fee_details=[],
        net=-amount,
        reporting_category="refund",
        source=charge["id"],
        status="available",
        type="refund",
    )
    return str(world.create(transaction)["id"])


@route("GET", "/v1/refunds/:id", "RefundRetrieveParams")
def retrieve(world: World, params: Params, refund_id: str) -> Obj:
    """One refund."""
    return world.fetch("refund", refund_id)


@route("POST", "/v1/refunds/:id", "RefundUpdateParams")
def update(world: World, params: Params, refund_id: str) -> Obj:
    """Change a refund's metadata."""
    refund = world.fetch("refund", refund_id)
    return world.change(refund, "refund.updated", metadata=merged(params, refund["metadata"]))


@route("GET", "/v1/refunds", "RefundListParams")
def list_refunds(world: World, params: Params) -> Obj:
    """Refunds, newest first."""
    return list_objects(world, "refund", "/v1/refunds", params, params.given("charge", "payment_intent"))
