"""The dashboard: what is in the sandbox, and the clock that moves it."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.stripe import delivery
from sandbox.stripe.billing import periods, subscribing
from sandbox.stripe.faults import KINDS, Fault
from sandbox.stripe.mailbag import TROUBLES
from sandbox.stripe.metadata import cleared
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.store import Obj

ROWS = 50
FARTHEST = 3 * 366
STEPS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 31.0, "year": 366.0}
Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/` and its forms."""
    blueprint = Blueprint("dashboard", __name__)

    @blueprint.get("/")
    def overview() -> str:
        return render_template("dashboard.html", **_overview(sandbox))

    @blueprint.post("/clock")
    def move_clock() -> Answer:
        target = _target(sandbox, request.form.get("step", ""), request.form.get("date", ""))
        if target is None:
            sentence = (
                "The clock was not moved. Choose a step or a date after today, at most three years ahead."
            )
            return render_template("dashboard.html", error=sentence, **_overview(sandbox)), 422
        sandbox.advance(to=target)
        return redirect("/", 303)

    @blueprint.post("/subscriptions/<subscription_id>/cancel")
    def cancel(subscription_id: str) -> Answer:
        _cancel(sandbox, subscription_id, at_period_end=request.form.get("when") == "period_end")
        return redirect("/#subscriptions", 303)

    @blueprint.post("/webhooks")
    def webhooks() -> Answer:
        trouble = request.form.get("trouble", "")
        if trouble in TROUBLES:
            sandbox.events.trouble = trouble
        return redirect("/#trouble", 303)

    @blueprint.post("/faults")
    def trouble() -> Answer:
        _order_fault(sandbox, cleared(request.form.get("kind", "")), request.form.get("path", ""))
        return redirect("/#trouble", 303)

    return blueprint


def _overview(sandbox: Sandbox) -> dict[str, object]:
    store = sandbox.world.store
    newest = f"ORDER BY seq DESC LIMIT {ROWS}"
    events = store.page("event", {}, "", [], newest)
    subscriptions = [sandbox.world.show(s) for s in store.page("subscription", {}, "", [], newest)]
    payers = [store.get(s["customer"]) or {"id": s["customer"]} for s in subscriptions]
    return {
        "now": sandbox.now,
        "steps": STEPS,
        "customers": store.page("customer", {}, "", [], newest),
        "subscriptions": subscriptions,
        "names": {payer["id"]: payer.get("email") or payer.get("name") for payer in payers},
        "live": subscribing.LIVE,
        "events": events,
        "deliveries": {event["id"]: delivery.find(store, "event_id = ?", event["id"]) for event in events},
        "endpoints": store.find("webhook_endpoint"),
        "kinds": KINDS,
        "troubles": TROUBLES,
        "trouble": sandbox.events.trouble,
        "faults": sandbox.faults.waiting,
    }


def _target(sandbox: Sandbox, step: str, date: str) -> int | None:
    if step in STEPS:
        return int(sandbox.now + STEPS[step] * periods.DAY)
    try:
        target = int(dt.datetime.fromisoformat(date).replace(tzinfo=dt.UTC).timestamp())
    except ValueError:
        return None
    return target if 0 < target - sandbox.now <= FARTHEST * periods.DAY else None


def _cancel(sandbox: Sandbox, subscription_id: str, *, at_period_end: bool) -> None:
    client = sandbox.client()
    found: Obj | None = sandbox.world.store.get(subscription_id)
    if found is None or found["status"] in subscribing.ENDED:
        return
    if at_period_end:
        client.v1.subscriptions.update(subscription_id, {"cancel_at_period_end": True})
    else:
        client.v1.subscriptions.cancel(subscription_id)


def _order_fault(sandbox: Sandbox, kind: str | None, path: str) -> None:
    if kind == "none":
        sandbox.faults.clear()
    elif kind in KINDS:
        sandbox.faults.add(Fault(kind, path=path if path.startswith("/v1/") else "/v1/", seconds=5))
