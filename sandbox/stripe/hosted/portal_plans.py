"""The portal's pages for changing the plan: choose, see what it costs, confirm."""

from __future__ import annotations

from typing import Any

import stripe
from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe.billing import lines
from sandbox.stripe.hosted.portal import Answer, features_of, finish, nothing_here, with_subscription
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj


def pages(sandbox: Sandbox) -> Blueprint:
    """`/p/session/<session>/subscriptions/<subscription>/update` and `/confirm`."""
    blueprint = Blueprint("portal_plans", __name__)
    base = "/p/session/<session_id>/subscriptions/<subscription_id>"

    @blueprint.get(f"{base}/update")
    def choose(session_id: str, subscription_id: str) -> Answer:
        def answer(session: Obj, subscription: Obj) -> Answer:
            plans = _plans(sandbox, session, subscription)
            return render_template(
                "portal_plans.html", session=session, subscription=subscription, plans=plans
            )

        return with_subscription(sandbox, session_id, subscription_id, answer)

    @blueprint.route(f"{base}/confirm", methods=["GET", "POST"])
    def confirm(session_id: str, subscription_id: str) -> Answer:
        def answer(session: Obj, subscription: Obj) -> Answer:
            items = _items(sandbox, session, subscription, request.values.get("price"))
            if items is None:
                return nothing_here()
            return _confirm(sandbox, session, subscription, items)

        return with_subscription(sandbox, session_id, subscription_id, answer)

    return blueprint


def _plans(sandbox: Sandbox, session: Obj, subscription: Obj) -> list[tuple[Obj, str, str]]:
    """(price, product name, amount in words) of what the customer may change to, cheapest first."""
    store = sandbox.world.store
    allowed = features_of(sandbox, session)["subscription_update"]["products"]
    if allowed is None:
        found = store.find("price", active=True, type="recurring", currency=subscription["currency"])
    else:
        found = [price for entry in allowed for key in entry["prices"] if (price := store.get(key))]
    present = {item["price"]["id"] for item in subscription["items"]["data"]}
    others = [price for price in found if price["id"] not in present]
    others.sort(key=lambda price: price["unit_amount"] or 0)
    names = {product["id"]: product["name"] for product in store.find("product", active=True)}
    return [(p, names[p["product"]], lines.each(p)) for p in others if p["product"] in names]


def _items(sandbox: Sandbox, session: Obj, subscription: Obj, price_id: str | None) -> list[Any] | None:
    """The change to confirm: the flow's own, or the chosen price for the first item."""
    about = (session["flow"] or {}).get("subscription_update_confirm")
    if about and not price_id:
        return [{k: v for k, v in item.items() if v is not None} for item in about["items"]]
    offered = {price["id"] for price, _, _ in _plans(sandbox, session, subscription)}
    if price_id not in offered or not features_of(sandbox, session)["subscription_update"]["enabled"]:
        return None
    return [{"id": subscription["items"]["data"][0]["id"], "price": price_id}]


def _confirm(sandbox: Sandbox, session: Obj, subscription: Obj, items: list[Any]) -> Answer:
    client = sandbox.client().v1
    behavior = features_of(sandbox, session)["subscription_update"]["proration_behavior"]
    error = None
    if request.method == "POST":
        change: Any = {
            "items": items,
            "proration_behavior": behavior,
            "payment_behavior": "error_if_incomplete",
        }
        try:
            client.subscriptions.update(subscription["id"], change)
            return _go(finish(sandbox, session))
        except stripe.CardError as refusal:
            error = f"{refusal.user_message} Your plan was not changed. Add another card and try again."
    details: Any = {"items": items, "proration_behavior": behavior}
    preview = client.invoices.create_preview(
        {"subscription": subscription["id"], "subscription_details": details}
    )
    page = render_template(
        "portal_confirm.html",
        session=session,
        subscription=subscription,
        preview=preview.to_dict(),
        price=request.values.get("price", ""),
        error=error,
    )
    return (page, 402) if error else page


def _go(address: str) -> Response:
    return redirect(address, 303)
