"""Disputes: a customer's bank takes the money back until somebody proves it was due."""

from __future__ import annotations

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import periods
from sandbox.stripe.errors import ApiError
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

# Stripe decides test disputes by the text of the evidence.
_FEE = 2000
_OUTCOMES = {"winning_evidence": "won", "losing_evidence": "lost"}


@action("charge.dispute")
def open_dispute(world: World, charge_id: str) -> None:
    """The bank disputes the charge as fraudulent."""
    charge = world.fetch("charge", charge_id)
    dispute = blank(
        "dispute",
        id=world.ids.new("du"),
        amount=charge["amount"],
        balance_transactions=[_moved(world, charge, -charge["amount"])],
        charge=charge_id,
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence_details={
            "due_by": world.now + 9 * periods.DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status="needs_response",
    )
    world.create(dispute, "charge.dispute.created")
    world.change(charge, None, disputed=True)
    world.emit("charge.dispute.funds_withdrawn", dispute)


def _moved(world: World, charge: Obj, amount: int) -> Obj:
    """The balance's entry for money that the bank takes or gives back; taking it costs a fee."""
    fee = _FEE if amount < 0 else 0
    why = {"amount": fee, "application": None, "currency": charge["currency"], "type": "stripe_fee"}
    entry = blank(
        "balance_transaction",
        id=world.ids.new("txn"),
        amount=amount,
        available_on=world.now,
        balance_type="payments",
        currency=charge["currency"],
        description="Chargeback withdrawal" if amount < 0 else "Chargeback reversal",
        fee=fee,
        fee_details=[{**why, "description": "Dispute fee"}] if fee else [],
        net=amount - fee,
        reporting_category="dispute" if amount < 0 else "dispute_reversal",
        source=charge["id"],
        status="available",
        type="adjustment",
    )
    return world.create(entry)


@route("GET", "/v1/disputes/:id", "DisputeRetrieveParams")
def retrieve(world: World, params: Params, dispute_id: str) -> Obj:
    """One dispute."""
    return world.fetch("dispute", dispute_id)


@route("POST", "/v1/disputes/:id", "DisputeUpdateParams")
def update(world: World, params: Params, dispute_id: str) -> Obj:
    """Hand in evidence; `winning_evidence` wins at once, `losing_evidence` loses."""
    dispute = _open(world, dispute_id)
    text = params.section("evidence").take("uncategorized_text")
    metadata = merged(params, dispute["metadata"])
    details = {**dispute["evidence_details"], "has_evidence": bool(text), "submission_count": 1}
    submit = params.take("submit", True)
    status = _OUTCOMES.get(text, "under_review") if submit else dispute["status"]
    fields = {"evidence_details": details, "metadata": metadata, "status": status}
    world.change(dispute, "charge.dispute.updated", **fields)
    return _settle(world, dispute)


@route("POST", "/v1/disputes/:id/close", "DisputeCloseParams")
def close(world: World, params: Params, dispute_id: str) -> Obj:
    """Accept the loss."""
    dispute = _open(world, dispute_id)
    world.change(dispute, None, status="lost")
    return _settle(world, dispute)


def _settle(world: World, dispute: Obj) -> Obj:
    if dispute["status"] in ("won", "lost"):
        world.emit("charge.dispute.closed", dispute)
        if dispute["status"] == "won":
            back = _moved(world, world.fetch("charge", dispute["charge"]), dispute["amount"])
            world.change(dispute, None, balance_transactions=[*dispute["balance_transactions"], back])
            world.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def _open(world: World, dispute_id: str) -> Obj:
    dispute = world.fetch("dispute", dispute_id)
    if dispute["status"] in ("won", "lost"):
        raise ApiError("This dispute is already closed")
    return dispute


@route("GET", "/v1/disputes", "DisputeListParams")
def list_disputes(world: World, params: Params) -> Obj:
    """Disputes, newest first."""
    return list_objects(world, "dispute", "/v1/disputes", params, params.given("charge", "payment_intent"))
