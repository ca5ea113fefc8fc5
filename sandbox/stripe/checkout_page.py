"""What the hosted checkout page does with what the customer typed."""

from __future__ import annotations

from sandbox.stripe import cards
from sandbox.stripe.billing import checking_out
from sandbox.stripe.billing.payers import Payer
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.world import World


def pay(
    world: World,
    session_id: str,
    *,
    number: str,
    month: int = 12,
    year: int | None = None,
    payer: Payer,
    authenticated: bool = False,
) -> bool:
    """Pay an open session with a card; False when the bank wants to see the customer first.

    Without a number nothing is charged now, where the session allows that. A refused card raises ApiError
    and leaves the session open, nothing charged.
    """
    with world.store.transaction():
        session = world.fetch("checkout.session", session_id)
        checking_out.must_be_open(session)
        if not number and checking_out.may_go_without_card(session):
            return checking_out.submit(world, session, None, payer)
        billing = {"name": payer.name or None, "email": payer.email, "address": payer.address}
        method = payment_methods.new_card(world, cards.find(number), month, year, billing)
        return checking_out.submit(world, session, method, payer, authenticated=authenticated)


def answer_bank(world: World, session_id: str, *, approve: bool) -> None:
    """The customer answered the bank's question; refusing raises and leaves the session open."""
    with world.store.transaction():
        session = world.fetch("checkout.session", session_id)
        checking_out.must_be_open(session)
        waiting = session.get("_waiting")
        if not waiting:
            raise ApiError("There is nothing to confirm for this checkout.")
        if approve:
            method = world.fetch("payment_method", waiting["method"])
            checking_out.submit(world, session, method, Payer(**waiting["payer"]), authenticated=True)


def redeem(world: World, session_id: str, code: str) -> None:
    """Apply a promotion code to an open session; one that is not valid raises ApiError."""
    with world.store.transaction():
        checking_out.redeem(world, world.fetch("checkout.session", session_id), code)
