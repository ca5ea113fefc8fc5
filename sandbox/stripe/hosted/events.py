"""Pages about one event: its payload, every delivery attempt, and sending it again."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from sandbox.stripe import delivery
from sandbox.stripe.sandbox import Sandbox

Answer = Response | str | tuple[str, int]


def pages(sandbox: Sandbox) -> Blueprint:
    """`/events/<event>`."""
    blueprint = Blueprint("events", __name__)

    @blueprint.get("/events/<event_id>")
    def show(event_id: str) -> Answer:
        found = sandbox.world.store.get(event_id)
        if found is None or found["object"] != "event":
            return render_template("closed.html", kind="unknown", session=None), 404
        return render_template("event.html", event=found, **_attempts(sandbox, event_id))

    @blueprint.post("/events/<event_id>/resend")
    def resend(event_id: str) -> Answer:
        sandbox.events.resend(event_id)
        return redirect(f"/events/{event_id}", 303)

    return blueprint


def _attempts(sandbox: Sandbox, event_id: str) -> dict[str, object]:
    store = sandbox.world.store
    items = delivery.find(store, "event_id = ?", event_id)
    sql = "SELECT at, status, error FROM attempts WHERE delivery = ? ORDER BY at"
    tried = {item.seq: store.query(sql, item.seq) for item in items}
    endpoints = {item.endpoint_id: store.get(item.endpoint_id) for item in items}
    return {"items": items, "tried": tried, "endpoints": endpoints}
