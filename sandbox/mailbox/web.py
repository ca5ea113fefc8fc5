"""The web page of the mailbox, and the JSON that tests read."""

import re
from html import escape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox.mailbox.message import Letter, read_letter
from sandbox.mailbox.store import MailStore, StoredMail

OUR_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
)
PAGE_POLICY += "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
)
MAIL_POLICY += "img-src data: http://127.0.0.1:* http://localhost:*; frame-ancestors 'self'"
_CID = re.compile(r"""cid:([^"'\s)>]+)""")


def create_app(store: MailStore) -> Flask:
    """The pages over ``store``."""
    app = Flask(__name__)
    app.before_request(_refuse_other_sites)
    app.after_request(_harden)
    _add_pages(app, store)
    _add_parts(app, store)
    _add_api(app, store)
    return app


def _add_pages(app: Flask, store: MailStore) -> None:
    @app.get("/")
    def inbox() -> str:
        return _page(store, None)

    @app.get("/messages/<int:number>")
    def message(number: int) -> str:
        return _page(store, _found(store, number))

    @app.post("/delete")
    def delete() -> AnyResponse:
        store.delete_all()
        return redirect(url_for("inbox"), code=303)


def _add_parts(app: Flask, store: MailStore) -> None:
    @app.get("/messages/<int:number>/html")
    def html(number: int) -> Response:
        letter = read_letter(_found(store, number).raw)
        response = Response(_framed(letter, number), mimetype="text/html")
        response.headers["Content-Security-Policy"] = MAIL_POLICY
        return response

    @app.get("/messages/<int:number>/source")
    def source(number: int) -> Response:
        return Response(_found(store, number).raw, mimetype="text/plain")

    @app.get("/messages/<int:number>/attachments/<int:index>")
    def attachment(number: int, index: int) -> Response:
        attachments = read_letter(_found(store, number).raw).attachments
        if index >= len(attachments):
            abort(404)
        return _download(attachments[index].name, attachments[index].content, attachments[index].content_type)


def _add_api(app: Flask, store: MailStore) -> None:
    @app.get("/api/messages")
    def list_messages() -> Response:
        return jsonify([_as_json(mail) for mail in store.search(request.args.get("to", ""))])

    @app.get("/api/latest")
    def latest() -> Response:
        return jsonify({"id": store.newest_number()})

    @app.delete("/api/messages")
    def delete_messages() -> tuple[str, int]:
        store.delete_all()
        return "", 204


def _page(store: MailStore, selected: StoredMail | None) -> str:
    recipient = request.args.get("to", "")
    view = request.args.get("view", "")
    letter = read_letter(selected.raw) if selected else None
    if letter and view not in ("html", "text", "source"):
        view = "html" if letter.html else "text"
    return render_template(
        "mailbox.html",
        mails=store.search(recipient),
        to=recipient,
        selected=selected,
        letter=letter,
        view=view,
    )


def _found(store: MailStore, number: int) -> StoredMail:
    mail = store.get(number)
    if mail is None:
        abort(404, "This mail was deleted, or never came.")
    return mail


def _framed(letter: Letter, number: int) -> str:
    """The mail's HTML, its links opening in a new tab and its own pictures found among the attachments."""

    def picture(match: re.Match[str]) -> str:
        for index, attachment in enumerate(letter.attachments):
            if attachment.content_id == match[1]:
                return f"{request.host_url}messages/{number}/attachments/{index}"
        return "about:blank"

    body = _CID.sub(picture, letter.html) or f"<pre>{escape(letter.text)}</pre>"
    return f'<!doctype html><meta charset="utf-8"><base target="_blank">{body}'


def _download(name: str, content: bytes, content_type: str) -> Response:
    shown = content_type in ("image/png", "image/jpeg", "image/gif", "image/webp")
    response = Response(content, mimetype=content_type if shown else "application/octet-stream")
    response.headers.set("Content-Disposition", "inline" if shown else "attachment", filename=name)
    return response


def _as_json(mail: StoredMail) -> dict[str, Any]:
    letter = read_letter(mail.raw)
    return {
        "id": mail.id,
        "received_at": mail.received_at.isoformat(),
        "from": mail.sender,
        "to": mail.recipients,
        "subject": mail.subject,
        "text": letter.text,
        "html": letter.html,
        "links": letter.links,
        "attachments": [attachment.name for attachment in letter.attachments],
    }


def _refuse_other_sites() -> None:
    """Keep other web sites, open in the same browser, from reading or deleting mails."""
    if (urlsplit(f"//{request.host}").hostname or "") not in {host.strip("[]") for host in OUR_HOSTS}:
        abort(400, "The mailbox answers only on this machine's own address.")
    if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403, "Another web site may not change the mailbox.")


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
