"""What happens when a customer submits the checkout page."""

from __future__ import annotations

import dataclasses
from typing import Any

from sandbox.stripe import cards
from sandbox.stripe.billing import (
    discounting,
    fulfilling,
    lines,
    payers,
    taxing,
)
from sandbox.stripe.billing.payers import Payer
from sandbox.stripe.billing.subscribing import Wanted
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def line_item(world: World, entry: Wanted) -> Obj:
    """One thing the session sells."""
    amount = lines.total(entry.price, entry.quantity)
    product = world.fetch("product", entry.price["product"])
    return blank(
        "item",
        id=world.ids.new("li"),
        amount_discount=0,
        amount_subtotal=amount,
        amount_tax=0,
        amount_total=amount,
        currency=entry.price["currency"],
        description=product["name"],
        price=entry.price,
        quantity=entry.quantity,
    )


def totals(world: World, session: Obj, entries: list[Obj]) -> dict[str, Any]:
    """What is due today, in minor units: during a trial only what is bought once, less the discounts."""
    if not entries:
        return {"amount_subtotal": None, "amount_total": None, "currency": None, "total_details": None}
    plan = session["_plan"]
    trial = plan.get("trial_period_days") or plan.get("trial_end") not in (None, "now")
    owed = [e for e in entries if not (trial and e["price"]["type"] == "recurring")]
    due = sum(entry["amount_subtotal"] for entry in owed)
    off = sum(_take_off(world, session, entries if trial else owed)) if not trial else 0
    tax = sum(_tax(world, session, entry) for entry in owed)
    details = {"amount_discount": off, "amount_shipping": 0, "amount_tax": tax}
    fields = {"amount_subtotal": due, "amount_total": due - off + tax, "total_details": details}
    return {**fields, "currency": entries[0]["currency"]}


def _tax(world: World, session: Obj, entry: Obj) -> int:
    """What automatic tax adds on top of a line; tax that is inside the price adds nothing."""
    behavior = taxing.behavior_of(entry["price"])
    if not session["automatic_tax"]["enabled"] or behavior == "inclusive":
        return 0
    entry["amount_tax"] = taxing.amount_on(world, entry["amount_total"], behavior)
    return int(entry["amount_tax"])


def _take_off(world: World, session: Obj, entries: list[Obj]) -> list[int]:
    """Set each line's discount; answers what came off them."""
    left = [entry["amount_subtotal"] for entry in entries]
    for choice in session["discounts"] or []:
        coupon = world.fetch("coupon", choice["coupon"])
        covered = [discounting.covers(coupon, entry["price"]["product"]) for entry in entries]
        parts = discounting.split(coupon, [amount * on for amount, on in zip(left, covered, strict=True)])
        left = [amount - part for amount, part in zip(left, parts, strict=True)]
    for entry, amount in zip(entries, left, strict=True):
        entry.update(amount_total=amount, amount_discount=entry["amount_subtotal"] - amount)
    return [entry["amount_discount"] for entry in entries]


def redeem(world: World, session: Obj, code: str) -> None:
    """The customer typed a promotion code; an unknown or spent one raises and changes nothing."""
    must_be_open(session)
    wanted = code.strip().lower()
    found = [c for c in world.store.find("promotion_code") if c["code"].lower() == wanted]
    if not session["allow_promotion_codes"] or not wanted or not found:
        raise ApiError("This promotion code is not known.")
    discounting.must_apply(world, found[-1], session["customer"])
    choices = [{"coupon": found[-1]["promotion"]["coupon"], "promotion_code": found[-1]["id"]}]
    discounting.must_fit(world, choices, session["currency"], session["amount_subtotal"])
    session["discounts"] = choices
    entries = fulfilling.lines_of(world, session["id"])
    session.update(totals(world, session, entries))
    for entry in entries:
        world.store.put(entry)
    world.store.put(session)


def must_be_open(session: Obj) -> None:
    """Only an open session can be paid."""
    if session["status"] != "open":
        raise ApiError(f"This checkout session is {session['status']}; start again from the shop.")


def may_go_without_card(session: Obj) -> bool:
    """True when nothing is due and the shop does not insist on a card."""
    return bool(session["payment_method_collection"] == "if_required" and session["amount_total"] == 0)


def submit(
    world: World, session: Obj, method: Obj | None, payer: Payer, *, authenticated: bool = False
) -> bool:
    """Pay with a card. False: the bank wants to see the customer first. A refused card raises.

    Everything or nothing: a refusal leaves the session open and makes no subscription.
    """
    must_be_open(session)
    if method and not _accepted(session, method, authenticated):
        waiting = {"method": method["id"], "payer": dataclasses.asdict(payer)}
        world.store.put({**session, "_waiting": waiting})
        return False
    customer = payers.customer_for(world, session, payer)
    with world.on_clock_of(customer):
        made = fulfilling.MAKERS[session["mode"]](world, session, customer, method)
        _complete(world, session, customer, payer, made)
    return True


def _accepted(session: Obj, method: Obj, authenticated: bool) -> bool:
    """True when the card can be used now; False when its owner must confirm first. A refused one raises."""
    card = payment_methods.test_card(method)
    if card.decline and (card.declines_on == "attach" or session["amount_total"]):
        raise cards.refusal(card.decline)
    return authenticated or not card.three_d_secure


def _complete(world: World, session: Obj, customer: Obj | None, payer: Payer, made: dict[str, Any]) -> None:
    world.agenda.cancel(session["id"])
    session.pop("_waiting", None)
    fields = {
        "customer": customer["id"] if customer else None,
        "customer_details": payers.details(session, customer, payer),
        "payment_status": "paid" if session["amount_total"] else "no_payment_required",
    }
    if session["automatic_tax"]["enabled"]:
        fields["automatic_tax"] = {**session["automatic_tax"], "status": "complete"}
    world.change(session, None, status="complete", url=None, **fields, **made)
    world.emit("checkout.session.completed", session)
