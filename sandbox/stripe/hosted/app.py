"""Puts the Flask application together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import Flask, Response

from sandbox.stripe.hosted import (
    api,
    bank,
    checkout,
    dashboard,
    events,
    invoices,
    portal,
    portal_details,
    portal_plans,
    security,
)
from sandbox.stripe.money import show_amount
from sandbox.stripe.sandbox import Sandbox


def build(sandbox: Sandbox, wake: Callable[[], None] = lambda: None) -> Flask:
    """The WSGI application; `wake` is called after each request that may have changed something."""
    app = Flask(__name__, static_url_path="/assets")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(amount=show_amount, day=day, moment=moment)
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    for module in (api, bank, checkout, dashboard, events, invoices, portal, portal_details, portal_plans):
        app.register_blueprint(module.pages(sandbox))
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    security.protect(app)

    @app.after_request
    def stir(response: Response) -> Response:
        wake()
        return response

    return app


def day(seconds: int) -> str:
    """`7 Dec 2026`."""
    when = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{when.day} {when:%b %Y}"


def moment(seconds: int) -> str:
    """`7 Dec 2026, 09:30 UTC`."""
    return f"{day(seconds)}, {dt.datetime.fromtimestamp(seconds, dt.UTC):%H:%M} UTC"
