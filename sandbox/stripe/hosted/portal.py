"""The customer portal: look after subscriptions, cards, details and invoices."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe.billing import subscribing
from sandbox.stripe.hosted.security import allow_form_target
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj

Answer = Response | str | tuple[str, int]
_PAGES = {
    "customer_update": "details",
    "payment_method_update": "cards/new",
    "subscription_cancel": "subscriptions/{}/cancel",
    "subscription_update": "subscriptions/{}/update",
    "subscription_update_confirm": "subscriptions/{}/confirm",
}


def pages(sandbox: Sandbox) -> Blueprint:
    """`/p/session/<session>`: the front page, and cancelling or keeping a subscription."""
    blueprint = Blueprint("portal", __name__)

    @blueprint.get("/p/session/<session_id>")
    def show(session_id: str) -> Answer:
        session = open_session(sandbox, session_id)
        if session is None:
            return nothing_here()
        if session["flow"] and not session.get("_done"):
            return redirect(start_of(session), 303)
        return render_template("portal.html", session=session, **_contents(sandbox, session))

    @blueprint.get("/p/session/<session_id>/subscriptions/<subscription_id>/cancel")
    def ask(session_id: str, subscription_id: str) -> Answer:
        def answer(session: Obj, subscription: Obj) -> Answer:
            features = features_of(sandbox, session)
            return render_template(
                "portal_cancel.html", session=session, subscription=subscription, features=features
            )

        return with_subscription(sandbox, session_id, subscription_id, answer)

    @blueprint.post("/p/session/<session_id>/subscriptions/<subscription_id>")
    def change(session_id: str, subscription_id: str) -> Answer:
        def answer(session: Obj, subscription: Obj) -> Answer:
            _change(sandbox, session, subscription, request.form.get("action", ""))
            return redirect(finish(sandbox, session), 303)

        return with_subscription(sandbox, session_id, subscription_id, answer)

    return blueprint


def nothing_here() -> Answer:
    """404, in words."""
    return render_template("closed.html", kind="unknown", session=None), 404


def open_session(sandbox: Sandbox, session_id: str) -> Obj | None:
    """The portal session, its way back allowed for this page's forms."""
    session = sandbox.world.store.get(session_id)
    if session is None or session["object"] != "billing_portal.session":
        return None
    allow_form_target(session["return_url"])
    after = (session["flow"] or {}).get("after_completion") or {}
    allow_form_target((after.get("redirect") or {}).get("return_url"))
    return session


def with_subscription(
    sandbox: Sandbox, session_id: str, subscription_id: str, answer: Callable[[Obj, Obj], Answer]
) -> Answer:
    """Answer for a live subscription of the session's own customer; anything else is not here."""
    session = open_session(sandbox, session_id)
    subscription = sandbox.world.store.get(subscription_id)
    if session is None or subscription is None or subscription["customer"] != session["customer"]:
        return nothing_here()
    if subscription["object"] != "subscription" or subscription["status"] in subscribing.ENDED:
        return nothing_here()
    return answer(session, sandbox.world.show(subscription))


def start_of(session: Obj) -> str:
    """The page on which the session's flow begins."""
    flow = session["flow"]
    about = flow.get(flow["type"]) or {}
    return f"/p/session/{session['id']}/" + _PAGES[flow["type"]].format(about.get("subscription", ""))


def finish(sandbox: Sandbox, session: Obj) -> str:
    """Where the customer goes when something is done: where the flow says, else the front page."""
    home = f"/p/session/{session['id']}"
    if not session["flow"] or session.get("_done"):
        return home
    sandbox.world.store.put({**session, "_done": True})
    after = session["flow"]["after_completion"]
    return str(after["redirect"]["return_url"]) if after["type"] == "redirect" else home


def features_of(sandbox: Sandbox, session: Obj) -> Obj:
    """What this portal offers."""
    features: Obj = (sandbox.world.store.get(session["configuration"]) or {})["features"]
    return features


def _change(sandbox: Sandbox, session: Obj, subscription: Obj, action: str) -> None:
    client, offer = sandbox.client().v1.subscriptions, features_of(sandbox, session)["subscription_cancel"]
    if action == "keep":
        client.update(subscription["id"], {"cancel_at_period_end": False})
    elif action == "cancel" and offer["enabled"]:
        if offer["mode"] == "immediately":
            client.cancel(subscription["id"])
        else:
            client.update(subscription["id"], {"cancel_at_period_end": True})


def _contents(sandbox: Sandbox, session: Obj) -> dict[str, object]:
    store, customer_id = sandbox.world.store, session["customer"]
    subscriptions = store.find("subscription", customer=customer_id, status=subscribing.LIVE)
    invoices = store.find(
        "invoice", newest_first=True, customer=customer_id, status=("open", "paid", "void", "uncollectible")
    )
    return {
        "customer": store.get(customer_id),
        "features": features_of(sandbox, session),
        "subscriptions": [sandbox.world.show(subscription) for subscription in subscriptions],
        "products": {product["id"]: product["name"] for product in store.find("product")},
        "invoices": invoices,
        "methods": store.find("payment_method", customer=customer_id),
    }
