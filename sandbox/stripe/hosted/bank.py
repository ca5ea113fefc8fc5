"""The bank's page in a 3-D Secure payment: the customer approves or refuses."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe import checkout_page
from sandbox.stripe.errors import ApiError
from sandbox.stripe.hosted.checkout import success_url
from sandbox.stripe.hosted.security import allow_form_target
from sandbox.stripe.sandbox import Sandbox

Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/3ds/<session>`."""
    blueprint = Blueprint("bank", __name__)

    @blueprint.get("/3ds/<session_id>")
    def ask(session_id: str) -> Answer:
        session = sandbox.world.store.get(session_id)
        if not session or session.get("status") != "open" or not session.get("_waiting"):
            return render_template("closed.html", kind="unknown", session=None), 404
        allow_form_target(session["success_url"])
        return render_template("bank.html", session=session)

    @blueprint.post("/3ds/<session_id>")
    def answer(session_id: str) -> Answer:
        session = sandbox.world.store.get(session_id)
        if not session or session["object"] != "checkout.session":
            return render_template("closed.html", kind="unknown", session=None), 404
        if request.form.get("answer") != "approve":
            return redirect(f"/checkout/pay/{session_id}?refused=1", 303)
        try:
            checkout_page.answer_bank(sandbox.world, session_id, approve=True)
        except ApiError:
            return redirect(f"/checkout/pay/{session_id}", 303)
        return redirect(success_url(session), 303)

    return blueprint
