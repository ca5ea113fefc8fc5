"""Which answers may be kept, and what is kept of them: nothing that belongs to one person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from billing import api as billing
from home.page_cache.classes import VISITOR, Reader, Told
from home.page_cache.shelf import Kept

LARGEST = 2 * 1024 * 1024
HEADERS = ("Content-Type", "Cache-Control", "Vary", "Content-Language", "X-Frame-Options")


def kept_from(request: HttpRequest, response: HttpResponseBase, reader: Reader, told: Told) -> Kept | None:
    """What to put on the shelf for the reader's class; None for what must not stand there."""
    page = _page_of(response)
    if page is None or not isinstance(response, HttpResponse) or not _is_impersonal(request, response):
        return None
    if not told.is_what(reader) or bool(request.user.is_authenticated) != (reader is not VISITOR):
        return None
    if reader is not VISITOR and not (_is_for_a_class(request, told) and _names_nobody(request, response)):
        return None
    if page.get_view_restrictions():
        return None
    return Kept(
        content=response.content,
        headers={name: response[name] for name in HEADERS if response.has_header(name)},
        nonce=getattr(request, "_csp_nonce", None) or "",
        page_id=page.pk,
        is_gated=page.is_gated,
        was_refused=page.reading.was_refused,
    )


def _page_of(response: HttpResponseBase) -> Any:
    """The page that was served, if pages of its kind look the same to a whole class."""
    page: Any = (getattr(response, "context_data", None) or {}).get("page")
    is_shareable = getattr(page, "is_shareable", False) and page.reading is not None
    return page if response.status_code == 200 and not response.streaming and is_shareable else None


def _is_impersonal(request: HttpRequest, response: HttpResponse) -> bool:
    """No cookie, which a form's token or a message would bring; no change of a session; no preview."""
    if response.cookies or request.session.modified or getattr(request, "is_preview", False):
        return False
    is_html = response.get("Content-Type", "").startswith("text/html")
    return is_html and not response.has_header("Content-Encoding") and len(response.content) <= LARGEST


def _is_for_a_class(request: HttpRequest, told: Told) -> bool:
    """Whether every answer is one that a class shares: what is counted is each reader's own."""
    return told.answers.keys() <= billing.switches_for(request.user)


def _names_nobody(request: HttpRequest, response: HttpResponse) -> bool:
    """The last guard: a page that shows its reader's name or address is theirs alone."""
    user: Any = request.user
    words = [word for word in (user.email, user.name) if word and len(word) > 2]
    return not any(word.encode() in response.content for word in words)
