"""Signs events and keeps the list of what still has to reach which webhook endpoint."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.stripe.store import Obj, Store

# Real seconds between attempts; Stripe's own spread over three days is of no use on a laptop.
BACK_OFF = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800)

Transport = Callable[[str, bytes, dict[str, str]], int]
"""`send(url, body, headers) -> HTTP status`; raises OSError when nobody answers."""


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint."""

    seq: int
    event_id: str
    endpoint_id: str
    state: str
    attempts: int
    next_at: float
    last_status: int | None
    last_error: str | None


def wants(endpoint: Obj, event_type: str) -> bool:
    """True when the endpoint is switched on and asked for this type."""
    names = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in names or event_type in names)


def plan(store: Store, event: Obj) -> int:
    """Put the event on the list of every endpoint that wants it; says how many do."""
    endpoints = [e for e in store.find("webhook_endpoint") if wants(e, event["type"])]
    for endpoint in endpoints:
        store.query(
            "INSERT INTO deliveries (event_id, endpoint_id, state) VALUES (?, ?, 'pending')",
            event["id"],
            endpoint["id"],
        )
    return len(endpoints)


def find(store: Store, where: str = "1", *values: Any) -> list[Delivery]:
    """Deliveries in the order their events happened; `where` is written by this package only."""
    columns = "seq, event_id, endpoint_id, state, attempts, next_at, last_status, last_error"
    sql = f"SELECT {columns} FROM deliveries WHERE {where} ORDER BY seq"  # noqa: S608
    rows = store.query(sql, *values)
    return [Delivery(*row) for row in rows]


def sign(body: bytes, secret: str, moment: int) -> str:
    """The `Stripe-Signature` header for a body."""
    digest = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def render(event: Obj, endpoint: Obj, moment: int) -> tuple[bytes, dict[str, str]]:
    """Body and headers of one attempt; the signature carries real time, as receivers check it."""
    shown = {**event, "api_version": endpoint["api_version"] or event["api_version"]}
    body = json.dumps(shown, indent=2).encode()
    secrets = [endpoint["_secret"], *endpoint.get("_old_secrets", [])]
    signatures = [sign(body, secret, moment) for secret in secrets]
    header = ",".join([signatures[0], *(s.split(",", 1)[1] for s in signatures[1:])])
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": header,
    }
    return body, headers


def attempt(store: Store, item: Delivery, send: Transport) -> bool:
    """Try once and write down how it went; True when the endpoint answered 2xx."""
    event, endpoint = store.get(item.event_id), store.get(item.endpoint_id)
    if event is None or endpoint is None:
        _finish(store, item, "dropped", None, "The endpoint was deleted.")
        return False
    status, error = _send(send, endpoint["url"], *render(event, endpoint, int(time.time())))
    delivered = status is not None and 200 <= status < 300
    state = "delivered" if delivered else "pending"
    if not delivered and item.attempts + 1 > len(BACK_OFF):
        state = "failed"
    _finish(store, item, state, status, error)
    return delivered


def _send(send: Transport, url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None]:
    try:
        return send(url, body, headers), None
    except OSError as error:
        return None, str(error) or type(error).__name__


def _finish(store: Store, item: Delivery, state: str, status: int | None, error: str | None) -> None:
    wait = BACK_OFF[min(item.attempts, len(BACK_OFF) - 1)]
    with store.transaction():
        store.query(
            "UPDATE deliveries SET state = ?, attempts = attempts + 1, next_at = ?, last_status = ?, "
            "last_error = ? WHERE seq = ?",
            state,
            time.time() + wait,
            status,
            error,
            item.seq,
        )
        store.query("INSERT INTO attempts VALUES (?, ?, ?, ?)", item.seq, int(time.time()), status, error)
        event = store.get(item.event_id)
        if state != "pending" and event and event["pending_webhooks"]:
            event["pending_webhooks"] -= 1
            store.put(event)
