"""The portal's pages for cards and for the customer's own details."""

from __future__ import annotations

from typing import Any

import stripe
from flask import Blueprint, redirect, render_template, request

from sandbox.stripe import cards
from sandbox.stripe.hosted.checkout import HINTS, check, expiry
from sandbox.stripe.hosted.portal import Answer, finish, nothing_here, open_session
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj

FIELDS = ("name", "number", "expiry", "cvc")


def pages(sandbox: Sandbox) -> Blueprint:
    """`/p/session/<session>/cards/…` and `/details`."""
    blueprint = Blueprint("portal_details", __name__)

    @blueprint.route("/p/session/<session_id>/cards/new", methods=["GET", "POST"])
    def add_card(session_id: str) -> Answer:
        session = open_session(sandbox, session_id)
        return _card_page(sandbox, session) if session else nothing_here()

    @blueprint.post("/p/session/<session_id>/cards/<method_id>")
    def change_card(session_id: str, method_id: str) -> Answer:
        session, method = open_session(sandbox, session_id), sandbox.world.store.get(method_id)
        if session is None or method is None or method.get("customer") != session["customer"]:
            return nothing_here()
        if request.form.get("action") == "remove":
            sandbox.client().v1.payment_methods.detach(method_id)
        else:
            _make_default(sandbox, session, method_id)
        return redirect(f"/p/session/{session_id}", 303)

    @blueprint.route("/p/session/<session_id>/details", methods=["GET", "POST"])
    def details(session_id: str) -> Answer:
        session = open_session(sandbox, session_id)
        return _details_page(sandbox, session) if session else nothing_here()

    return blueprint


def _card_page(sandbox: Sandbox, session: Obj) -> Answer:
    typed = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = check({**typed, "email": ""}, needs_email=False) or _save(sandbox, session, typed)
        if not errors:
            return redirect(finish(sandbox, session), 303)
    hints = [cards.BY_NUMBER[number] for number in HINTS]
    page = render_template("portal_card.html", session=session, typed=typed, errors=errors, hints=hints)
    return (page, 422) if errors else page


def _details_page(sandbox: Sandbox, session: Obj) -> Answer:
    customer = sandbox.world.store.get(session["customer"]) or {}
    typed = {n: request.form.get(n, customer.get(n) or "").strip()[:200] for n in ("email", "name")}
    errors: dict[str, str] = {}
    if request.method == "POST" and "@" not in typed["email"]:
        errors["email"] = "Enter an e-mail address, for example name@example.com."
    elif request.method == "POST":
        fields: Any = typed
        sandbox.client().v1.customers.update(session["customer"], fields)
        return redirect(finish(sandbox, session), 303)
    page = render_template("portal_details.html", session=session, typed=typed, errors=errors)
    return (page, 422) if errors else page


def _save(sandbox: Sandbox, session: Obj, typed: dict[str, str]) -> dict[str, str]:
    """Attach the card and make it the one that is charged; answers what went wrong, by field."""
    month, year = expiry(typed["expiry"]) or (12, 2034)
    card: Any = {"number": typed["number"], "exp_month": month, "exp_year": year, "cvc": typed["cvc"]}
    client = sandbox.client().v1
    billing: Any = {"name": typed["name"]}
    try:
        method = client.payment_methods.create({"type": "card", "card": card, "billing_details": billing})
        client.payment_methods.attach(method.id, {"customer": session["customer"]})
    except stripe.CardError as refusal:
        return {
            "card": f"{refusal.user_message} The card was not saved. Check the details or use another card."
        }
    _make_default(sandbox, session, method.id)
    return {}


def _make_default(sandbox: Sandbox, session: Obj, method_id: str) -> None:
    client = sandbox.client().v1
    settings: Any = {"default_payment_method": method_id}
    client.customers.update(session["customer"], {"invoice_settings": settings})
    for subscription in client.subscriptions.list({"customer": session["customer"]}).auto_paging_iter():
        client.subscriptions.update(subscription.id, {"default_payment_method": method_id})
