"""Kept pages: a member's hit beside a visitor's, beside Django's own cache, and beside making the page."""

from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from benchmarks.measure import Form, Result, compare
from home.gate.audience import Audience
from home.gate.pages import GatedPage
from home.gate.rules import OPEN
from home.page_cache.readers import readers
from home.page_cache.watch import watch
from home.pages.base import SitePage
from home.seo import pages as seo
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticlePageFactory, StandardPageFactory, stream
from tests.home.readers import customer_with

FEATURE = "premium"
DJANGOS_FIRST = "django.middleware.cache.UpdateCacheMiddleware"
DJANGOS_LAST = "django.middleware.cache.FetchFromCacheMiddleware"
Look = Callable[[], object]


@pytest.fixture(autouse=True)
def quiet(transactional_db: None, settings: Any) -> Iterator[None]:
    """Pages are kept, the process hears, and everything is gone afterwards."""
    settings.PAGE_CACHE = True
    readers.clear()
    watch.stop()
    watch.wait_until_awake()
    yield
    watch.stop()
    readers.clear()
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def article() -> Any:
    """An article of ordinary length behind a plan's feature."""
    text = ("text", "<p>" + "One two three four five six seven. " * 20 + "</p>")
    body = stream(*[text] * 3, ("preview_divider", None), *[text] * 9)
    feature = FeatureFactory(key=FEATURE)
    return ArticlePageFactory(body=body, audience=Audience.PLANS, audience_feature=feature)


def looker(path: str, cookies: SimpleCookie | None = None, *, warm: int = 3) -> Look:
    """Asks the whole site for the page, as a server would; what it takes to make a client is left out."""
    handler = WSGIHandler()
    factory = RequestFactory()
    if cookies:
        factory.cookies = cookies
    environ = factory.get(path).environ

    def look() -> HttpResponse:
        request: HttpRequest = WSGIRequest(dict(environ))
        response = handler.get_response(request)
        assert response.status_code == 200
        response.close()
        return response

    for _ in range(warm):
        look()
    return look


def signed_in(person: Any, path: str) -> SimpleCookie:
    """The cookies of a member whom this process knows."""
    client = Client()
    client.force_login(person)
    for _ in range(3):
        client.get(path)
    return client.cookies


def test_a_members_hit_beside_a_visitors(report: Callable[[Result], None], article: Any) -> None:
    cookies = signed_in(customer_with(FEATURE), article.url)
    member, visitor = looker(article.url, cookies), looker(article.url)
    report(
        compare(
            "kept gated page, for a member",
            member,
            visitor,
            peer_name="the same for a visitor",
            goal=1.3,
            times=100,
            form=Form.COST,
        )
    )


def test_a_members_hit_beside_making_the_page(
    report: Callable[[Result], None], article: Any, settings: Any
) -> None:
    cookies = signed_in(customer_with(FEATURE), article.url)
    member = looker(article.url, cookies)
    settings.PAGE_CACHE = False
    made = looker(article.url, cookies)
    report(
        compare(
            "kept gated page, for a member",
            member,
            made,
            peer_name="the page made anew",
            goal=50,
            times=10,
        )
    )


def test_a_members_hit_beside_djangos_cache(
    report: Callable[[Result], None], article: Any, settings: Any
) -> None:
    cookies = signed_in(customer_with(FEATURE), article.url)
    member = looker(article.url, cookies)
    article.audience, article.audience_feature = Audience.EVERYONE, None
    article.save()
    settings.PAGE_CACHE = False
    settings.MIDDLEWARE = [DJANGOS_FIRST, *django_settings.MIDDLEWARE, DJANGOS_LAST]
    djangos = looker(article.url)
    settings.PAGE_CACHE = True
    watch.wait_until_awake()
    member = looker(article.url, cookies)
    report(
        compare(
            "kept gated page, for a member",
            member,
            djangos,
            peer_name="Django's cache middleware, for a visitor",
            goal=2,
            times=100,
        )
    )


def test_an_open_page_with_the_gate_beside_one_without(
    report: Callable[[Result], None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAGE_CACHE = False
    text = ("text", "<p>" + "One two three four five six seven. " * 20 + "</p>")
    page = StandardPageFactory(body=stream(*[text] * 12))
    look = looker(page.url)

    def without_gate() -> None:
        with monkeypatch.context() as patch:
            for (owner, name), plain in UNGATED.items():
                patch.setattr(owner, name, plain)
            look()

    assert queries(look) <= queries(without_gate)
    report(
        compare(
            "open page, with the gate installed",
            look,
            without_gate,
            peer_name="the same page without it",
            goal=1.02,
            times=20,
            form=Form.COST,
        )
    )


def ungated_context(page: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """What the page's template needs of a page that nothing guards."""
    page.body_below = page.body
    page.sections_found = list(page.get_ancestors().filter(depth__gt=1, live=True))
    context: dict[str, Any] = Page.get_context(page, request, *args, **kwargs)
    return context


# The page as Wagtail alone would serve it: its own privacy, its own look for the pages above, no audience.
UNGATED: dict[tuple[Any, str], Any] = {
    (GatedPage, "serve"): Page.serve,
    (GatedPage, "get_context"): ungated_context,
    (GatedPage, "get_view_restrictions"): Page.get_view_restrictions,
    (SitePage, "trail"): property(lambda page: page.sections_found),
    (seo, "rule_of"): lambda _: OPEN,
}


def queries(look: Look) -> int:
    """How many it takes."""
    with CaptureQueriesContext(connection) as asked:
        look()
    return len(asked)
