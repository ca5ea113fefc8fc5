"""The hosted checkout page."""

from __future__ import annotations

import datetime as dt
import re

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe import cards, checkout_page
from sandbox.stripe.billing import checking_out, fulfilling, payers
from sandbox.stripe.billing.payers import Payer
from sandbox.stripe.errors import ApiError
from sandbox.stripe.hosted.security import allow_form_target
from sandbox.stripe.hosted.summary import summary
from sandbox.stripe.objects import tax_ids
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj

FIELDS = ("email", "name", "number", "expiry", "cvc", "code", "country", "postal_code", "tax_id")
HINTS = ("4242424242424242", "4000000000000002", "4000000000009995", "4000002760003184", "4000000000000341")
NOT_CONFIRMED = (
    "Your bank did not confirm the payment, so nothing was charged. Try again or use another card."
)
COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "CH": "Switzerland", "DE": "Germany", "DK": "Denmark", "ES": "Spain",
    "FR": "France", "GB": "United Kingdom", "IE": "Ireland", "IT": "Italy", "JP": "Japan",
    "NL": "Netherlands", "PL": "Poland", "PT": "Portugal", "SE": "Sweden", "US": "United States",
}  # fmt: skip
Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/checkout/pay/<session>`: show it and take the card."""
    blueprint = Blueprint("checkout", __name__)

    @blueprint.get("/checkout/pay/<session_id>")
    def show(session_id: str) -> Answer:
        errors = {"card": NOT_CONFIRMED} if "refused" in request.args else {}
        return _page(sandbox, session_id, dict.fromkeys(FIELDS, ""), errors)

    @blueprint.post("/checkout/pay/<session_id>")
    def pay(session_id: str) -> Answer:
        typed = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
        session = sandbox.world.store.get(session_id)
        if session is None or session["status"] != "open":
            return _page(sandbox, session_id, typed, {})
        if request.form.get("action") == "redeem":
            return _redeem(sandbox, session_id, typed)
        errors = _check_session(session, typed)
        if errors:
            return _page(sandbox, session_id, typed, errors)
        return _pay(sandbox, session, typed)

    return blueprint


def _redeem(sandbox: Sandbox, session_id: str, typed: dict[str, str]) -> Answer:
    try:
        checkout_page.redeem(sandbox.world, session_id, typed["code"])
    except ApiError as refusal:
        sentence = f"{refusal.message} Check it for typing mistakes, or go on without it."
        return _page(sandbox, session_id, typed, {"code": sentence})
    return _page(sandbox, session_id, {**typed, "code": ""}, {})


def _check_session(session: Obj, typed: dict[str, str]) -> dict[str, str]:
    needs_email = not (session["customer"] or session["customer_email"])
    errors = check(typed, needs_email=needs_email)
    if not typed["number"] and checking_out.may_go_without_card(session):
        errors = {name: sentence for name, sentence in errors.items() if name == "email"}
    if payers.needs_address(session) and typed["country"] not in COUNTRIES:
        errors["country"] = "Choose your country."
    if typed["tax_id"] and not tax_ids.plausible("eu_vat", typed["tax_id"]):
        errors["tax_id"] = "Enter the VAT number with its country, for example DE123456789, or leave it out."
    return errors


def check(typed: dict[str, str], *, needs_email: bool) -> dict[str, str]:
    """Field → sentence, for what the customer must correct."""
    errors = {}
    if needs_email and "@" not in typed["email"]:
        errors["email"] = "Enter your e-mail address, for example name@example.com."
    if not re.fullmatch(r"[\d ]{13,23}", typed["number"]):
        errors["number"] = "Enter the card number, for example 4242 4242 4242 4242."
    when = expiry(typed["expiry"])
    if when is None:
        errors["expiry"] = "Enter the expiry date as month and year, for example 12 / 34."
    if not re.fullmatch(r"\d{3,4}", typed["cvc"]):
        errors["cvc"] = "Enter the 3 or 4 digits of the security code."
    if not typed["name"]:
        errors["name"] = "Enter the name on the card."
    return errors


def expiry(text: str) -> tuple[int, int] | None:
    """(month, year) of `12 / 34`, `12/2034` or `1234`; None when it is neither or the month is past 12."""
    match = re.fullmatch(r"(\d{1,2})\s*/?\s*(\d{2}|\d{4})", text)
    if match is None or not 1 <= int(match[1]) <= 12:
        return None
    return int(match[1]), int(match[2]) + (2000 if len(match[2]) == 2 else 0)


def _pay(sandbox: Sandbox, session: Obj, typed: dict[str, str]) -> Answer:
    month, year = expiry(typed["expiry"]) or (12, 2034)
    who = Payer(
        name=typed["name"],
        email=typed["email"] or None,
        country=typed["country"] or "DE",
        postal_code=typed["postal_code"] or None,
        tax_id=typed["tax_id"] or None,
    )
    today = dt.datetime.fromtimestamp(sandbox.now, dt.UTC)
    if (year, month) < (today.year, today.month):
        return _page(sandbox, session["id"], typed, {"expiry": "Your card has expired. Use another card."})
    try:
        done = checkout_page.pay(
            sandbox.world,
            session["id"],
            number=typed["number"],
            month=month,
            year=year,
            payer=who,
        )
    except ApiError as refusal:
        return _page(sandbox, session["id"], typed, {"card": advice(refusal)})
    if not done:
        return redirect(f"/3ds/{session['id']}", 303)
    return redirect(success_url(session), 303)


def advice(refusal: ApiError) -> str:
    """What happened and what to do next."""
    return f"{refusal.message} Nothing was charged. Check the details or use another card."


def success_url(session: Obj) -> str:
    """Where the customer goes after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _page(sandbox: Sandbox, session_id: str, typed: dict[str, str], errors: dict[str, str]) -> Answer:
    session = sandbox.world.store.get(session_id)
    if session is None or session["object"] != "checkout.session":
        return render_template("closed.html", kind="unknown", session=None), 404
    for target in (session["success_url"], session["cancel_url"]):
        allow_form_target(target)
    if session["status"] != "open":
        status = 410 if session["status"] == "expired" else 200
        return render_template("closed.html", kind=session["status"], session=session), status
    known = sandbox.world.store.get(session["customer"]) if session["customer"] else None
    page = render_template(
        "checkout.html",
        session=session,
        typed=typed,
        errors=errors,
        email=(known or {}).get("email") or session["customer_email"],
        summary=summary(sandbox.world, session, fulfilling.lines_of(sandbox.world, session_id)),
        hints=[cards.BY_NUMBER[number] for number in HINTS],
        countries=COUNTRIES if payers.needs_address(session) else {},
        card_optional=checking_out.may_go_without_card(session),
    )
    return (page, 422 if set(errors) - {"card"} else 402) if errors else page
