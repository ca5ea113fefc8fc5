"""What the hosted checkout page does with what the customer typed."""

from __future__ import annotations

from sandbox.stripe import cards
from sandbox.stripe.billing import checking_out
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.world import World


def pay(  # noqa: PLR0913
    world: World,
    session_id: str,
    *,
    number: str,
    month: int = 12,
    year: int | None = None,
    name: str = "",
    email: str = "",
    authenticated: bool = False,
) -> bool:
    """Pay an open session with a card; False when the bank wants to see the customer first.

    A refused card raises ApiError and leaves the session open, nothing charged.
    """
    with world.store.transaction():
        session = world.fetch("checkout.session", session_id)
        checking_out.must_be_open(session)
        billing = {"name": name or None, "email": email or None}
        method = payment_methods.new_card(world, cards.find(number), month, year, billing)
        return checking_out.submit(
            world, session, method, name=name, email=email or None, authenticated=authenticated
        )


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
            who = {"name": waiting["name"], "email": waiting["email"]}
            checking_out.submit(world, session, method, authenticated=True, **who)


def redeem(world: World, session_id: str, code: str) -> None:
    """Apply a promotion code to an open session; one that is not valid raises ApiError."""
    with world.store.transaction():
        checking_out.redeem(world, world.fetch("checkout.session", session_id), code)
