"""A list of pages with their locks: the rules of all of them at once beside Wagtail's way, page by page."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from wagtail.models import Page

from benchmarks.measure import Result, compare
from home.gate.lists import mark_locked
from tests.factories.home import ArticleIndexPageFactory, ArticlePageFactory

PAGES = 30


@pytest.mark.django_db
def test_a_list_of_thirty_pages(report: Callable[[Result], None]) -> None:
    section = ArticleIndexPageFactory(audience="members")
    for _ in range(PAGES):
        ArticlePageFactory(parent=section)
    pages = list(Page.objects.child_of(section).specific())
    visitor = AnonymousUser()
    assert all(page.locked for page in mark_locked(pages, visitor))
    report(
        compare(
            f"locks of a list of {PAGES} pages",
            lambda: mark_locked(pages, visitor),
            lambda: [list(page.get_view_restrictions()) for page in pages],
            peer_name="Wagtail's get_view_restrictions for each page",
            goal=5,
            times=5,
        )
    )
