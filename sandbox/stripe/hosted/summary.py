"""What the customer is about to agree to, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sandbox.stripe.billing import checking_out, lines
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


def summary(world: World, session: Obj, entries: list[Obj]) -> Summary:
    """Words for a session and its line items."""
    if session["mode"] == "setup":
        return Summary("Save a card", show_amount(0, "eur"), [], None, "Save card")
    currency = session["currency"]
    due = show_amount(session["amount_total"], currency)
    rows = [_row(entry) for entry in entries]
    names = " and ".join(dict.fromkeys(entry["description"] for entry in entries))
    if session["mode"] == "payment":
        return Summary(f"Pay for {names}", due, rows, None, f"Pay {due}")
    ends = checking_out.trial_end(world, session)
    if ends is None:
        return Summary(f"Subscribe to {names}", due, rows, None, "Subscribe")
    return Summary(f"Try {names}", due, rows, _later(world, entries, currency, ends), "Start trial")


def _row(entry: Obj) -> tuple[str, str, str]:
    count = f" \u00d7 {entry['quantity']}" if (entry["quantity"] or 1) > 1 else ""
    amount = show_amount(entry["amount_subtotal"], entry["currency"])
    return entry["description"] + count, lines.each(entry["price"]), amount


def _later(world: World, entries: list[Obj], currency: str, ends: int) -> str:
    recurring = [entry for entry in entries if entry["price"]["type"] == "recurring"]
    amount = show_amount(sum(entry["amount_subtotal"] for entry in recurring), currency)
    rhythm = recurring[0]["price"]["recurring"]
    count = rhythm["interval_count"]
    each = f"per {rhythm['interval']}" if count == 1 else f"every {count} {rhythm['interval']}s"
    when = dt.datetime.fromtimestamp(ends, dt.UTC)
    year = f" {when.year}" if when.year != dt.datetime.fromtimestamp(world.now, dt.UTC).year else ""
    return f"{amount} {each} from {when.day} {when:%b}{year}"
