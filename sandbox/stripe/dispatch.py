"""Answers one API request: who asks, what for, seen before?, do it, expand it, write it down."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.stripe import objects  # noqa: F401  (fills the route table)
from sandbox.stripe.billing import cycle, dunning, forecasting  # noqa: F401  (fill the agenda's actions)
from sandbox.stripe.errors import ApiError
from sandbox.stripe.expand import expand
from sandbox.stripe.params import Params
from sandbox.stripe.router import Route, match
from sandbox.stripe.schema import params_class, typed
from sandbox.stripe.wire import decode_form
from sandbox.stripe.world import API_VERSION, World

KEY_LIFE = 24 * 3600
SECRET_KEY_PREFIXES = ("sk" + "_test_", "rk" + "_test_")


@dataclass(frozen=True)
class Request:
    """One request as any transport hands it over; header names in lower case."""

    method: str
    path: str
    form: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """What goes back."""

    status: int
    body: str
    headers: dict[str, str]


def answer(world: World, request: Request) -> Response:
    """The response to a request; refusals are answers too, never exceptions."""
    request_id = world.ids.new("req")
    headers = {"Request-Id": request_id, "Content-Type": "application/json"}
    try:
        _authorize(request.headers.get("authorization", ""))
        headers["Stripe-Version"] = _version(request.headers.get("stripe-version"))
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        with _alone(world, key), world.store.transaction():
            return _once(world, request, key, request_id, headers)
    except ApiError as error:
        return Response(error.status, _told(world, error, request_id), headers)


def _told(world: World, error: ApiError, request_id: str) -> str:
    """A refusal as JSON, with the address of the request's log line."""
    body = error.body()
    body["error"]["request_log_url"] = f"{world.settings.site_url}/requests/{request_id}"
    return json.dumps(body, indent=2)


def _authorize(header: str) -> None:
    scheme, _, credentials = header.partition(" ")
    key = credentials
    if scheme.lower() == "basic":
        key = base64.b64decode(credentials + "==").decode(errors="replace").partition(":")[0]
    if not key:
        raise ApiError("You did not provide an API key.", status=401)
    if not key.startswith(SECRET_KEY_PREFIXES):
        shown = f"{key[:8]}***{key[-4:]}"
        raise ApiError(f"Invalid API Key provided: {shown}", status=401, code="api_key_invalid")


def _version(asked: str | None) -> str:
    if asked not in (None, API_VERSION):
        raise ApiError(
            f"Invalid Stripe API version: {asked}. The sandbox speaks {API_VERSION} only; pin that version.",
            param="Stripe-Version",
        )
    return API_VERSION


@contextmanager
def _alone(world: World, key: str | None) -> Iterator[None]:
    """Refuse a second request with a key while the first is still at work, as Stripe does."""
    if key is None:
        yield
        return
    with world.keys_lock:
        if key in world.keys_at_work:
            raise ApiError(
                "There is currently another in-progress request using this Idempotent Key (that probably "
                f"means you submitted twice, and the other request is still going through): {key}. Please "
                "try again later.",
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        world.keys_at_work.add(key)
    try:
        yield
    finally:
        world.keys_at_work.discard(key)


def _once(
    world: World, request: Request, key: str | None, request_id: str, headers: dict[str, str]
) -> Response:
    if key is None:
        status, body = _run(world, request, request_id, None)
        return Response(status, body, headers)
    headers["Idempotency-Key"] = key
    stored = _replay(world, request, key)
    if stored:
        status, body, original = stored
        replayed = {"Idempotent-Replayed": "true", "Original-Request": original}
        return Response(status, body, {**headers, **replayed})
    status, body = _run(world, request, request_id, key)
    world.store.query(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?)",
        *(key, _fingerprint(request), status, body, request_id, world.clock.now()),
    )
    headers["Original-Request"] = request_id
    return Response(status, body, headers)


def _fingerprint(request: Request) -> str:
    text = f"{request.path}\n{json.dumps(decode_form(request.form), sort_keys=True)}"
    return hashlib.sha256(text.encode()).hexdigest()


def _replay(world: World, request: Request, key: str) -> tuple[int, str, str] | None:
    rows = world.store.query(
        "SELECT request, status, body, request_id FROM idempotency WHERE key = ? AND created > ?",
        key,
        world.clock.now() - KEY_LIFE,
    )
    if not rows:
        return None
    if rows[0][0] != _fingerprint(request):
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were first used "
            f"with. Try using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    return rows[0][1], rows[0][2], rows[0][3]


def _run(world: World, request: Request, request_id: str, key: str | None) -> tuple[int, str]:
    found = match(request.method, request.path)
    if found is None:
        raise ApiError(
            f"Unrecognized request URL ({request.method}: {request.path}). The sandbox does not know it.",
            status=404,
        )
    world.request_id, world.idempotency_key = request_id, key
    try:
        return 200, json.dumps(_call(world, *found, decode_form(request.form)), indent=2)
    except ApiError as error:
        if not error.keep:
            raise
        return error.status, _told(world, error, request_id)
    finally:
        world.request_id = world.idempotency_key = None


def _call(world: World, entry: Route, ids: tuple[str, ...], form: dict[str, Any]) -> dict[str, Any]:
    values = typed(params_class(entry.schema), form)
    paths = values.pop("expand", None) or []
    params = Params(values)
    result = entry.handler(world, params, *ids)
    params.refuse_unused(f"{entry.method} {entry.template}")
    # A copy, because expanding must not reach back into what was stored or sent as an event.
    return expand(world, json.loads(json.dumps(world.show(result))), paths)
