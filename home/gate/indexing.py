"""Keeps the search index true to the gate: a change of audience or place is indexed at once."""

from collections.abc import Iterable
from itertools import groupby

from django.db.models import Q
from wagtail.models import Page
from wagtail.search.backends import get_search_backends


def index_again(section: Page) -> None:
    """Index ``section``, the pages below it and the aliases of all these anew, with what is public now."""
    inside = Page.objects.descendant_of(section, inclusive=True).order_by().values("pk")
    touched = Page.objects.filter(Q(pk__in=inside) | Q(alias_of__in=inside)).order_by("content_type_id")
    for backend in get_search_backends(with_auto_update=True):
        for model, pages in _by_type(touched.specific()):
            backend.add_bulk(model, pages)


def _by_type(pages: Iterable[Page]) -> Iterable[tuple[type[Page], list[Page]]]:
    for model, group in groupby(pages, key=type):
        yield model, list(group)
