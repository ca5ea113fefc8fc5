"""The way back to what somebody came from for more credits: kept on every way through buying them."""

from urllib.parse import urlencode

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse

from billing.redirects import safe_path

CAME_FROM = "credits_came_from"


def note_way_back(request: HttpRequest) -> None:
    """Remember what ``next`` names, if it is a page of this site; who comes for nothing is led nowhere."""
    came_from = safe_path(request.GET.get("next", ""))
    if came_from:
        request.session[CAME_FROM] = came_from
    elif not request.GET:
        request.session.pop(CAME_FROM, None)


def way_back(session: SessionBase) -> str:
    """The path that they came from; nothing for those who came by themselves."""
    return str(session.get(CAME_FROM, ""))


def address_of_packs(session: SessionBase, *, currency: str = "") -> str:
    """Where credits are on sale, with the way back; in the ``currency`` that was chosen there."""
    told = {"next": way_back(session), "currency": currency}
    query = urlencode({name: value for name, value in told.items() if value})
    address = reverse("billing:credits")
    return f"{address}?{query}" if query else address
