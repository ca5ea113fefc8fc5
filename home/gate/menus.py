"""Which pages of a menu are not for everyone: the same mark for every reader, without a query for most."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet
from wagtail.models import Page

from home.gate.audience import Audience
from home.gate.sections import rules_of

TOP_LEVEL = 3
"""The depth of pages right below a front page, which is always open: nothing is inherited there."""


def with_audience(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Load pages with the audience of their own, so that most of them need no further query."""
    annotated: QuerySet[Page] = pages.annotate(own_audience=F("sitepage__audience"))
    return annotated


def gated_among(pages: Iterable[Any]) -> set[int]:
    """Which of the pages of ``with_audience``, by primary key, not everyone may read.

    No query while all of them stand right below a front page; two at most for others.
    """
    found = list(pages)
    deep = [page for page in found if page.depth > TOP_LEVEL or page.alias_of_id]
    rules = rules_of(deep) if deep else {}
    return {
        page.pk
        for page in found
        if (not rules[page.pk].is_open if page.pk in rules else _chose_readers(page.own_audience))
    }


def _chose_readers(audience: str | None) -> bool:
    return audience not in {None, Audience.INHERIT, Audience.EVERYONE}
