"""Where finished pages stand: the questions each asks, and one variant for each access class."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict

from home.page_cache.classes import Questions, Reader, class_of

LIFE = 3600  # seconds; a new generation makes a page unreachable long before
LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class Place:
    """An address whose answer may stand on the shelf."""

    address: str

    def key(self, generation: str) -> str:
        """Where its questions stand."""
        return f"{generation}:{hashlib.sha256(self.address.encode()).hexdigest()}"


class Kept(NamedTuple):
    """A finished page. ``nonce``: the one it was made with, replaced whenever it goes out."""

    content: bytes
    headers: Mapping[str, str]
    nonce: str
    page_id: int
    is_gated: bool
    was_refused: bool


def place_of(request: HttpRequest) -> Place | None:
    """The request's place; None for anything but a plain look at a page, its number in a list aside."""
    if request.method != "GET" or len(request.path) > LONGEST_PATH:
        return None
    if any(name in request.META for name in ("HTTP_HX_REQUEST", "HTTP_AUTHORIZATION", "HTTP_RANGE")):
        return None
    if getattr(request, "is_dummy", False) or not _is_plain(request.GET):
        return None
    query = request.META.get("QUERY_STRING", "")
    return Place(f"{request.scheme}://{request.META.get('HTTP_HOST', '')}{request.path}?{query}")


def _is_plain(query: QueryDict) -> bool:
    if not query:
        return True
    number = query.get("page", "")
    return list(query.lists()) == [("page", [number])] and number.isdecimal() and len(number) < 4


def find(generation: str, place: Place, reader: Reader) -> Kept | None:
    """The page in the reader's variant."""
    key = place.key(generation)
    questions = caches["pages"].get(key)
    if questions is None:
        return None
    found: Kept | None = caches["pages"].get(_variant(key, reader, questions))
    return found


def put(generation: str, place: Place, reader: Reader, asked: Questions, page: Kept) -> None:
    """Put the page up, under all questions that any variant of it asked so far."""
    key = place.key(generation)
    before = caches["pages"].get(key) or Questions()
    questions = Questions(before.features | asked.features, before.pages | asked.pages)
    caches["pages"].set(key, questions, LIFE)
    caches["pages"].set(_variant(key, reader, questions), page, LIFE)


def hand_out(page: Kept, request: HttpRequest) -> HttpResponse:
    """The page as an answer to this request, with a nonce of its own."""
    content = page.content
    if page.nonce:
        content = content.replace(page.nonce.encode(), str(request.csp_nonce).encode())  # type: ignore[attr-defined]
    response = HttpResponse(content, headers=dict(page.headers))
    response["Content-Length"] = str(len(content))
    return response


def _variant(key: str, reader: Reader, questions: Questions) -> str:
    return f"{key}:{hashlib.sha256(class_of(reader, questions).encode()).hexdigest()[:32]}"
