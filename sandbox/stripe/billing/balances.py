"""A customer's balance: what the shop owes (negative) or is owed, with an entry for every movement."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def move(world: World, customer: Obj, amount: int, kind: str, currency: str, **about: Any) -> Obj:
    """Add `amount` minor units (negative: a credit to the customer) and write the entry."""
    balance = customer["balance"] + amount
    world.change(customer, "customer.updated", balance=balance)
    entry = blank(
        "customer_balance_transaction",
        id=world.ids.new("cbtxn"),
        amount=amount,
        currency=currency,
        customer=customer["id"],
        ending_balance=balance,
        metadata={},
        type=kind,
        **about,
    )
    return world.create(entry)


def apply_to(world: World, customer: Obj, invoice: Obj) -> None:
    """A finalized invoice eats the balance up; a negative one adds to it."""
    before = invoice["starting_balance"]
    after = min(0, before + invoice["total"])
    invoice["ending_balance"] = after
    if after != before:
        about = {"invoice": invoice["id"]}
        move(world, customer, after - before, "applied_to_invoice", invoice["currency"], **about)


def take_back(world: World, invoice: Obj) -> None:
    """A voided invoice gives back what it took from the balance."""
    taken = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    if taken:
        customer = world.fetch("customer", invoice["customer"])
        about = {"invoice": invoice["id"]}
        move(world, customer, -taken, "unapplied_from_invoice", invoice["currency"], **about)
