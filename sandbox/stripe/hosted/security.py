"""Guards the pages: this machine only, no foreign forms, no scripts."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

_HOSTS = ("127.0.0.1", "localhost", "::1")
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'{}"
)


def protect(app: Flask) -> None:
    """Check every request before, and set the headers after."""
    app.before_request(_check)
    app.after_request(_headers)


def _check() -> None:
    if urlsplit(f"//{request.host}").hostname not in _HOSTS:
        abort(403, "The sandbox answers on this machine's own addresses only.")
    if request.method == "POST" and not request.path.startswith("/v1/"):
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            abort(403, "This form was sent from another site. Open the sandbox's own page and try again.")


def _headers(response: Response) -> Response:
    # Browsers apply form-action to the redirect that follows a form, so the shop's address is allowed too.
    allowed = "".join(f" {origin}" for origin in sorted(g.get("form_targets", ())))
    response.headers.setdefault("Content-Security-Policy", _POLICY.format(allowed))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    # Not no-referrer: with that, browsers send their own forms with "Origin: null".
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if not request.path.startswith("/assets/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def allow_form_target(url: str | None) -> None:
    """Let a form of this page end, by redirect, at the origin of `url`."""
    parts = urlsplit(url or "")
    if parts.scheme in ("http", "https"):
        g.setdefault("form_targets", set()).add(f"{parts.scheme}://{parts.netloc}")
