"""Header and footer as plain values: read once per request, links to unpublished pages left out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Page, Site

from home.gate.menus import gated_among, with_audience
from home.navigation.blocks import NETWORKS
from home.navigation.models import Navigation

T = TypeVar("T")
Stored = dict[str, Any]
STREAMS = ("header", "call_to_action", "announcement_link", "footer", "legal", "social")
CACHE_ATTRIBUTE = "_quickscale_site_settings"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is printed.

    ``current`` says that the reader is on it or below it, ``locked`` that not everyone may read it.
    """

    label: str
    url: str
    current: bool = False
    locked: bool = False
    children: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FooterColumn:
    """A titled list of links."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SocialLink:
    """A profile elsewhere; ``network`` names its icon."""

    network: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """The bar above the page; ``key`` changes with its words: a new one shows after an old one was closed."""

    text: str
    link: Link | None
    key: str


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Everything that header, footer and social cards print about the site."""

    site_name: str
    tagline: str = ""
    navigation: tuple[Link, ...] = ()
    call_to_action: Link | None = None
    announcement: Announcement | None = None
    footer_columns: tuple[FooterColumn, ...] = ()
    footer_text: str = ""
    legal_links: tuple[Link, ...] = ()
    social_links: tuple[SocialLink, ...] = ()
    social_image: Any = None


def site_settings(request: HttpRequest) -> SiteSettings:
    """The settings of the request's site, compiled on first use: two queries, however many links."""
    compiled: SiteSettings | None = getattr(request, CACHE_ATTRIBUTE, None)
    if compiled is None:
        compiled = _compile(request)
        setattr(request, CACHE_ATTRIBUTE, compiled)
    return compiled


def _compile(request: HttpRequest) -> SiteSettings:
    if Site.find_for_request(request) is None:
        return SiteSettings(site_name=settings.WAGTAIL_SITE_NAME)
    stored = Navigation.for_request(request)
    values = {name: _values(getattr(stored, name).raw_data) for name in STREAMS}
    links = LinkMaker(request, with_audience(Page.objects).in_bulk(list(_page_ids(list(values.values())))))
    return SiteSettings(
        site_name=stored.organisation or settings.WAGTAIL_SITE_NAME,
        tagline=stored.tagline,
        navigation=_kept(map(links.link, values["header"])),
        call_to_action=links.first(values["call_to_action"]),
        announcement=_announcement(stored.announcement, links.first(values["announcement_link"])),
        footer_columns=_kept(map(links.column, values["footer"])),
        footer_text=stored.footer_text,
        legal_links=_kept(map(links.link, values["legal"])),
        social_links=tuple(map(_social_link, values["social"])),
        social_image=stored.social_image,
    )


class LinkMaker:
    """Makes links of stored values; ``pages`` holds every page that any of them leads to."""

    def __init__(self, request: HttpRequest, pages: Mapping[int, Page]) -> None:
        self.request = request
        self.pages = pages
        self.gated = gated_among(pages.values())

    def link(self, value: Stored) -> Link | None:
        """The link, or None while its page is not published or gone."""
        page = self.pages.get(value["page"]) if value["page"] else None
        if value["page"] and (page is None or not page.live):
            return None
        url = page.get_url(self.request) if page else value["url"]
        if not url:
            return None
        children = _kept(map(self.link, _values(value.get("children", []))))
        label = value["label"] or (page.title if page else url)
        current, locked = _is_current(self.request.path, url), page is not None and page.pk in self.gated
        return Link(label, url, current=current, locked=locked, children=children)

    def first(self, values: Sequence[Stored]) -> Link | None:
        """The first of at most one."""
        return next(map(self.link, values), None)

    def column(self, value: Stored) -> FooterColumn | None:
        """The column, or None if no link is left in it."""
        links = _kept(map(self.link, _values(value["links"])))
        return FooterColumn(title=value["title"], links=links) if links else None


def _values(items: Iterable[Stored]) -> list[Stored]:
    """The values of a stored stream or list; the editor's screen wraps each with an id, code may not."""
    return [item.get("value", item) for item in items]


def _page_ids(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        if value.get("page"):
            yield value["page"]
        yield from _page_ids(list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from _page_ids(part)


def _kept(found: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(item for item in found if item is not None)


def _announcement(text: str, link: Link | None) -> Announcement | None:
    return Announcement(text, link, key=f"{zlib.crc32(text.encode()):08x}") if text else None


def _social_link(value: Stored) -> SocialLink:
    network = str(value["network"])
    return SocialLink(network, dict(NETWORKS).get(network, network), value["url"])


def _is_current(path: str, url: str) -> bool:
    return path == url or (url not in ("/", "") and url.endswith("/") and path.startswith(url))
