"""Stripe's API over HTTP."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress

from flask import Blueprint, Response, request

from sandbox.stripe.dispatch import Request
from sandbox.stripe.faults import HEADER, Fault
from sandbox.stripe.sandbox import Sandbox

METHODS = ["GET", "POST", "DELETE"]


def pages(sandbox: Sandbox) -> Blueprint:
    """Everything under /v1 and /v2."""
    blueprint = Blueprint("api", __name__)

    @blueprint.route("/v1/<path:rest>", methods=METHODS)
    @blueprint.route("/v2/<path:rest>", methods=METHODS)
    def call(rest: str) -> Response:
        asked = _asked()
        fault = sandbox.faults.take(asked.method, asked.path, asked.headers.get(HEADER))
        if fault and fault.when == "before":
            answered = _trouble(fault)
            if answered:
                return answered
        answer = sandbox.answer(asked)
        if fault and fault.when == "after":
            answered = _trouble(fault)
            if answered:
                return answered
        return Response(answer.body, answer.status, answer.headers)

    return blueprint


def _asked() -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.get_data(as_text=True) if request.method == "POST" else ""
    return Request(request.method, request.path, body or request.query_string.decode(), headers)


def _trouble(fault: Fault) -> Response | None:
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "timeout":
        _say_nothing(max(fault.seconds, 30))
    if fault.kind in ("timeout", "reset"):
        _hang_up()
        return Response(status=500)
    return Response(fault.body(), int(fault.kind), {"Content-Type": "application/json"})


def _say_nothing(seconds: float) -> None:
    """Let the client wait so long; it may give up before."""
    select.select([_connection()], [], [], seconds)


def _hang_up() -> None:
    """Cut the connection so that the client is left without an answer."""
    with suppress(OSError):  # it did so itself
        _connection().shutdown(socket.SHUT_RDWR)


def _connection() -> socket.socket:
    connection: socket.socket = request.environ["werkzeug.socket"]
    return connection
