"""The bank's page in a 3-D Secure payment: the customer approves or refuses."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe import bank_page, checkout_page
from sandbox.stripe.errors import ApiError
from sandbox.stripe.hosted.checkout import success_url
from sandbox.stripe.hosted.security import allow_form_target
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj

Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/3ds/<session or intent>`."""
    blueprint = Blueprint("bank", __name__)

    @blueprint.get("/3ds/<waiting_id>")
    def ask(waiting_id: str) -> Answer:
        intent = bank_page.waiting(sandbox.world, waiting_id)
        session = sandbox.world.store.get(waiting_id)
        if intent:
            allow_form_target(bank_page.way_back(sandbox.world, intent))
        elif session and session.get("status") == "open" and session.get("_waiting"):
            allow_form_target(session["success_url"])
        else:
            return render_template("closed.html", kind="unknown", session=None), 404
        return render_template("bank.html", waiting_id=waiting_id)

    @blueprint.post("/3ds/<waiting_id>")
    def answer(waiting_id: str) -> Answer:
        approve = request.form.get("answer") == "approve"
        intent = bank_page.waiting(sandbox.world, waiting_id)
        session = sandbox.world.store.get(waiting_id)
        if intent:
            bank_page.answer(sandbox.world, waiting_id, approve=approve)
            return redirect(bank_page.way_back(sandbox.world, intent), 303)
        if session and session["object"] == "checkout.session":
            return redirect(_after_checkout(sandbox, session, approve), 303)
        return render_template("closed.html", kind="unknown", session=None), 404

    return blueprint


def _after_checkout(sandbox: Sandbox, session: Obj, approve: bool) -> str:
    if not approve:
        return f"/checkout/pay/{session['id']}?refused=1"
    try:
        checkout_page.answer_bank(sandbox.world, session["id"], approve=True)
    except ApiError:
        return f"/checkout/pay/{session['id']}"
    return success_url(session)
