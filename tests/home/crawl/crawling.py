"""Asks, as one reader after another, for every address that any of them was told, by every way of asking."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.core.cache import cache
from django.core.files.storage import storages
from django.test import Client

from files.models import CustomImage, File
from files.pictures import GATED
from home.pages.standard import StandardPage
from tests.factories.home import front_page
from tests.home.crawl.planting import WORDS, kind_at, kind_named

IN_AN_ANSWER = re.compile(
    r"""(?:href|src|hx-get|action|content|srcset)="([^"]+)"|<(?:loc|link|guid)>([^<]+)<"""
)
WAYS = {"plain": {}, "htmx": {"hx-request": "true"}, "json": {"accept": "application/json"}}
STARTS = {
    "/", "/feed/", "/feed/atom/", "/sitemap.xml", "/robots.txt", "/search/?q=xylophone", "/search/?q=page",
    "/search/help/?q=page", "/billing/", "/dashboard/", "/pricing/", "/admin/api/main/pages/",
    "/admin/api/main/images/", "/admin/reports/gated-pages/", "/admin/pages/", "/admin/images/", "/api/",
    "/unlock/1/",
}  # fmt: skip
KEPT_BESIDE = "?page=1"  # the one query under which a page is kept besides
ONE_WAY = ("/pictures/", "/media/", "/admin/")
ACCOUNT = ("/billing/", "/dashboard/", "/notices/")
SENDING_MESSAGES = (*ACCOUNT, "/admin/", "/reports/", "/unlock/")
FILES = ("/pictures/", "/documents/", "/media/")
LEAVES = ("/static/", "/accounts/", "/admin/", "//", "/stripe/")
PICTURE_BEGINS = (b"\x89PNG", b"RIFF")


class Find(NamedTuple):
    """The word of this kind was told at this address to who asked in this way."""

    kind: str
    address: str
    way: str


class Crawl:
    """Each reader asks for all that any reader before them was told of."""

    def __init__(self) -> None:
        self.known = set(STARTS)

    def finds(self, client: Client) -> set[Find]:
        """Every word that this reader is told, and where. A picture tells the word it is named for."""
        cache.clear()  # nobody asks for so much in a minute
        return {
            Find(kind, address, way)
            for address, way, body in self._answers(client)
            for kind in _kinds_told(address, body)
        }

    def allows(self, rights: Iterable[str]) -> set[Find]:
        """What somebody with these rights finds: their words wherever they are, in each way, and no other."""
        return {
            Find(kind, address, way)
            for address in self.known
            for way in _ways_to(address)
            if (kind := kind_at(address)) in rights
        }

    def pages_of(self, kind: str) -> list[str]:
        """The pages among all places of this kind."""
        return [one for one in sorted(self.known) if kind_at(one) == kind and not one.startswith(FILES)]

    def _answers(self, client: Client) -> Iterator[tuple[str, str, bytes]]:
        """Pages come first: one within a quota counts when it is opened, and opens its files.

        What may leave a message behind comes last: with one, the reader goes past all that is kept.
        """
        asked: set[str] = set()
        while waiting := sorted((self.known | set(_guesses())) - asked, key=_turn):
            self.known.update(waiting)
            for address in waiting:
                asked.add(address)
                for way in _ways_to(address):
                    body = self._ask(client, address, way)
                    assert b"/media/gated" not in body, address
                    yield address, way, body

    def _ask(self, client: Client, address: str, way: str) -> bytes:
        if address.startswith("/media/"):
            return _public_file(address)
        response = client.get(address, headers=WAYS[way])
        assert response.status_code != HTTPStatus.TOO_MANY_REQUESTS
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if not response.streaming:
            self._note(body.decode(errors="replace"))
        if response.has_header("Location"):
            self._note(f'href="{response["Location"]}"')
        return body + str(response.headers).encode()

    def _note(self, text: str) -> None:
        self.known.update(one for one in _addresses_in(text) if not one.startswith(LEAVES))


def _turn(address: str) -> tuple[bool, bool, str]:
    return address.startswith(SENDING_MESSAGES), address.startswith(FILES), address


def _ways_to(address: str) -> Iterable[str]:
    if address.startswith(ONE_WAY) or address.endswith(KEPT_BESIDE):
        return ["plain"]
    return ["plain", "htmx"] if address.startswith(ACCOUNT) else WAYS


def _kinds_told(address: str, body: bytes) -> Iterator[str]:
    yield from (kind for kind, word in WORDS.items() if word.encode() in body)
    shown = kind_named(address) if body.startswith(PICTURE_BEGINS) else None
    if shown:
        yield shown


def _public_file(address: str) -> bytes:
    """What the server of the public media answers to whoever asks: Django is never asked for these."""
    name = unquote(urlsplit(address).path).removeprefix("/media/")
    storage = storages["default"]
    if not storage.exists(name):
        return b""
    with storage.open(name) as file:
        content: bytes = file.read()
    return content


def _addresses_in(text: str) -> Iterator[str]:
    for attribute, element in IN_AN_ANSWER.findall(text):
        for part in (attribute or element).replace("&amp;", "&").split(", "):
            address = part.split(" ")[0].split("#")[0]
            local = re.sub(r"^http://(localhost|testserver|127\.0\.0\.1:8000)", "", address)
            if local.startswith("/") and len(local) > 1:
                yield local


def _guesses() -> Iterator[str]:
    """Addresses that no page mentions to this reader, but that others may have told them."""
    for image in CustomImage.objects.prefetch_related("renditions"):
        for picture in (image, *image.renditions.all()):
            name = picture.file.name.removeprefix(GATED)
            yield from (picture.file.url, f"/media/{GATED}{name}", f"/media/{name}", f"/pictures/{name}")
    for document in File.objects.all():
        yield from (document.url, f"/media/{document.file.name}")
    for page in front_page().get_descendants(inclusive=True):
        address = page.url
        yield from (address, f"{address}{KEPT_BESIDE}", f"/admin/pages/{page.pk}/view_draft/")
        yield f"/admin/pages/{page.pk}/edit/preview/?mode="
    yield from (f"/unlock/{page.pk}/" for page in StandardPage.objects.all())
