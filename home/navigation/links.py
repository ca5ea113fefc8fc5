"""Header and footer as plain values: read once per request, links to unpublished pages left out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Site

from home.navigation.blocks import NETWORKS
from home.navigation.models import Navigation

T = TypeVar("T")
CACHE_ATTRIBUTE = "_quickscale_site_settings"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is printed; ``current`` says that the reader is on it or below it."""

    label: str
    url: str
    current: bool = False
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
    """The settings of the request's site, compiled on first use; the queries do not grow with the links."""
    compiled: SiteSettings | None = getattr(request, CACHE_ATTRIBUTE, None)
    if compiled is None:
        compiled = _compile(request)
        setattr(request, CACHE_ATTRIBUTE, compiled)
    return compiled


def _compile(request: HttpRequest) -> SiteSettings:
    if Site.find_for_request(request) is None:
        return SiteSettings(site_name=settings.WAGTAIL_SITE_NAME)
    stored = Navigation.for_request(request)
    return SiteSettings(
        site_name=stored.organisation or settings.WAGTAIL_SITE_NAME,
        tagline=stored.tagline,
        navigation=_kept(_entry(request, block.value) for block in stored.header),
        call_to_action=_first_link(request, stored.call_to_action),
        announcement=_announcement(request, stored),
        footer_columns=_kept(_column(request, block.value) for block in stored.footer),
        footer_text=stored.footer_text,
        legal_links=_kept(_link(request, block.value) for block in stored.legal),
        social_links=tuple(_social_link(block.value) for block in stored.social),
        social_image=stored.social_image,
    )


def _kept(found: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(item for item in found if item is not None)


def _link(request: HttpRequest, value: Any, children: tuple[Link, ...] = ()) -> Link | None:
    page = value["page"]
    if page is not None and not page.live:
        return None
    url = page.get_url(request) if page is not None else value["url"]
    if not url:
        return None
    label = value["label"] or (page.title if page is not None else url)
    return Link(label=label, url=url, current=_is_current(request.path, url), children=children)


def _entry(request: HttpRequest, value: Any) -> Link | None:
    return _link(request, value, _kept(_link(request, child) for child in value["children"]))


def _column(request: HttpRequest, value: Any) -> FooterColumn | None:
    links = _kept(_link(request, link) for link in value["links"])
    return FooterColumn(title=value["title"], links=links) if links else None


def _first_link(request: HttpRequest, stream: Any) -> Link | None:
    return next((_link(request, block.value) for block in stream), None)


def _announcement(request: HttpRequest, stored: Navigation) -> Announcement | None:
    if not stored.announcement:
        return None
    key = f"{zlib.crc32(stored.announcement.encode()):08x}"
    return Announcement(stored.announcement, _first_link(request, stored.announcement_link), key)


def _social_link(value: Any) -> SocialLink:
    network = value["network"]
    return SocialLink(network, dict(NETWORKS).get(network, network), value["url"])


def _is_current(path: str, url: str) -> bool:
    return path == url or (url not in ("/", "") and url.endswith("/") and path.startswith(url))
