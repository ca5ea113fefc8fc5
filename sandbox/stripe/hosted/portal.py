"""The customer portal: cancel or keep a subscription, read invoices."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe.billing import subscribing
from sandbox.stripe.hosted.security import allow_form_target
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj

Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/p/session/<session>`."""
    blueprint = Blueprint("portal", __name__)

    @blueprint.get("/p/session/<session_id>")
    def show(session_id: str) -> Answer:
        session = _session(sandbox, session_id)
        if session is None:
            return render_template("closed.html", kind="unknown", session=None), 404
        return render_template("portal.html", session=session, **_contents(sandbox, session["customer"]))

    @blueprint.post("/p/session/<session_id>/subscriptions/<subscription_id>")
    def change(session_id: str, subscription_id: str) -> Answer:
        session = _session(sandbox, session_id)
        subscription = sandbox.world.store.get(subscription_id)
        if session is None or subscription is None or subscription["customer"] != session["customer"]:
            return render_template("closed.html", kind="unknown", session=None), 404
        if subscription["status"] not in subscribing.ENDED:
            ends = request.form.get("action") == "cancel"
            sandbox.client().v1.subscriptions.update(subscription_id, {"cancel_at_period_end": ends})
        return redirect(f"/p/session/{session_id}", 303)

    return blueprint


def _session(sandbox: Sandbox, session_id: str) -> Obj | None:
    session = sandbox.world.store.get(session_id)
    if session is None or session["object"] != "billing_portal.session":
        return None
    allow_form_target(session["return_url"])
    return session


def _contents(sandbox: Sandbox, customer_id: str) -> dict[str, object]:
    store = sandbox.world.store
    subscriptions = store.find("subscription", customer=customer_id, status=subscribing.LIVE)
    return {
        "customer": store.get(customer_id),
        "subscriptions": [sandbox.world.show(subscription) for subscription in subscriptions],
        "products": {product["id"]: product["name"] for product in store.find("product")},
        "invoices": store.find(
            "invoice", newest_first=True, customer=customer_id, status=("open", "paid", "void")
        ),
        "methods": store.find("payment_method", customer=customer_id),
    }
