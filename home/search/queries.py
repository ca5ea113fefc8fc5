"""Finds pages by their public words."""

import re

from wagtail.models import Site
from wagtail.query import PageQuerySet
from wagtail.search.backends.base import BaseSearchResults

from home.pages.base import SitePage

MAX_QUERY_LENGTH = 100
MIN_QUERY_LENGTH = 2
UNSEARCHABLE = re.compile(r"[\x00-\x1f\x7f\s]+")


def tidy(query: str) -> str:
    """The query as it is searched for: one line, no control characters, at most ``MAX_QUERY_LENGTH`` long."""
    return UNSEARCHABLE.sub(" ", query[: MAX_QUERY_LENGTH * 2]).strip()[:MAX_QUERY_LENGTH].strip()


def readable_pages(site: Site, kind: type[SitePage] = SitePage) -> PageQuerySet:
    """Published pages of the site whose existence is no secret: none with a view restriction."""
    return kind.objects.descendant_of(site.root_page, inclusive=True).live().public()


def find_pages(query: str, *, site: Site, kind: type[SitePage] = SitePage) -> BaseSearchResults:
    """Pages that hold every word of a tidied query, best first; else those whose title starts with it.

    Only what is public is in the index (title, summary, the part above the preview divider), so neither a hit
    nor a miss says anything about what a reader may not read.
    """
    pages = readable_pages(site, kind)
    results = pages.search(query, operator="and")
    return results if results.count() else pages.autocomplete(query, operator="and")
