"""What the customer is about to agree to, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sandbox.stripe.billing import discounting, fulfilling, lines
from sandbox.stripe.money import show_amount
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@dataclass(frozen=True)
class Summary:
    """The order in words: a heading, its lines, the promise about later, the button."""

    heading: str
    due_today: str
    entries: list[tuple[str, str, str]]
    later: str | None
    button: str
    discount: str | None = None
    coupon: str | None = None
    tax: str | None = None


def summary(world: World, session: Obj, entries: list[Obj]) -> Summary:
    """Words for a session and its line items."""
    if session["mode"] == "setup":
        return Summary("Save a card", show_amount(0, "eur"), [], None, "Save card")
    currency = session["currency"]
    due = show_amount(session["amount_total"], currency)
    rows = [_row(entry) for entry in entries]
    names = " and ".join(dict.fromkeys(entry["description"] for entry in entries))
    taken, tax = _discount(world, session), _tax(session)
    if session["mode"] == "payment":
        return Summary(f"Pay for {names}", due, rows, None, f"Pay {due}", *taken, tax)
    ends = fulfilling.trial_end(world, session)
    if ends is None:
        return Summary(f"Subscribe to {names}", due, rows, None, "Subscribe", *taken, tax)
    later = _later(world, session, entries, currency, ends)
    return Summary(f"Try {names}", due, rows, later, "Start trial", *taken, tax)


def _discount(world: World, session: Obj) -> tuple[str | None, str | None]:
    if not session["discounts"]:
        return None, None
    coupon = world.fetch("coupon", session["discounts"][0]["coupon"])
    off = session["total_details"]["amount_discount"]
    what = f"{coupon['percent_off']:g} %" if coupon["percent_off"] else None
    return show_amount(off, session["currency"]) if off else None, coupon["name"] or what


def _tax(session: Obj) -> str | None:
    amount = session["total_details"]["amount_tax"]
    return show_amount(amount, session["currency"]) if amount else None


def _row(entry: Obj) -> tuple[str, str, str]:
    count = f" \u00d7 {entry['quantity']}" if (entry["quantity"] or 1) > 1 else ""
    amount = show_amount(entry["amount_subtotal"], entry["currency"])
    return entry["description"] + count, lines.each(entry["price"]), amount


def _later(world: World, session: Obj, entries: list[Obj], currency: str, ends: int) -> str:
    recurring = [entry for entry in entries if entry["price"]["type"] == "recurring"]
    amounts = [entry["amount_subtotal"] for entry in recurring]
    for choice in session["discounts"] or []:
        parts = discounting.split(world.fetch("coupon", choice["coupon"]), amounts)
        amounts = [amount - part for amount, part in zip(amounts, parts, strict=True)]
    amount = show_amount(sum(amounts), currency)
    rhythm = recurring[0]["price"]["recurring"]
    count = rhythm["interval_count"]
    each = f"per {rhythm['interval']}" if count == 1 else f"every {count} {rhythm['interval']}s"
    when = dt.datetime.fromtimestamp(ends, dt.UTC)
    year = f" {when.year}" if when.year != dt.datetime.fromtimestamp(world.now, dt.UTC).year else ""
    return f"{amount} {each} from {when.day} {when:%b}{year}"
