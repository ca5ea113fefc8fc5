"""A word from the gated part of a page is in no answer that somebody who may not read it can get."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from home.gate.audience import Audience
from tests.factories.billing import FeatureFactory
from tests.factories.files import CustomImageFactory, FileFactory
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    HelpPageFactory,
    StandardPageFactory,
    front_page,
    stream,
)
from tests.home.readers import customer_with, lapse

pytestmark = pytest.mark.django_db

SENTINEL = "xylophonequartz"
SENTINEL_IN = SENTINEL.encode()
HTMX = {"hx-request": "true"}
HEADERS = [
    {},
    HTMX,
    {"hx-request": "true", "hx-boosted": "true"},
    {"x-requested-with": "XMLHttpRequest"},
    {"accept": "application/json"},
    {"accept": "text/plain"},
    {"host": "elsewhere.example"},
    {"x-forwarded-host": "elsewhere.example"},
    {"range": "bytes=0-100000"},
    {"user-agent": "Googlebot/2.1"},
    {"authorization": "Basic YWRtaW46YWRtaW4="},
    {"x-wagtail-preview": "true", "x-preview": "true", "x-http-method-override": "PUT"},
]
QUERIES = [
    "preview=1", "preview=true", "is_preview=1", "in_preview_panel=true", "mode=form", "edit=1", "revision=1",
    "page=2", "format=json", "draft=1", "view=all", "amp=1", "print=1", "userbar=1", "rendered=1",
]  # fmt: skip
METHODS = ["get", "head", "options", "post", "put", "patch", "delete"]
SECRET_TEXT = f"<p>Then {SENTINEL} happens.</p>"


@dataclass(frozen=True)
class Planted:
    """The pages that hide the word, published or not, and the document that holds it."""

    pages: list[Any]
    unfinished: list[Any]
    document: Any


def secret_blocks(document: Any, image: Any) -> list[tuple[str, Any]]:
    """The word in every kind of block."""
    link = {"label": SENTINEL, "address": f"/{SENTINEL}/"}
    item = {"title": SENTINEL, "text": SECRET_TEXT}
    picture = {"image": image.pk, "alt_text": SENTINEL, "decorative": False}
    return [
        ("text", SECRET_TEXT),
        ("text", f'<p><a linktype="document" id="{document.pk}">{SENTINEL}</a></p>'),
        ("steps", {"heading": SENTINEL, "items": [item]}),
        ("faq", {"heading": SENTINEL, "items": [{"question": SENTINEL, "answer": SECRET_TEXT}]}),
        ("code", {"language": "text", "code": SENTINEL, "file_name": SENTINEL}),
        ("image", {"image": picture, "caption": SENTINEL, "width": "text"}),
        ("video", {"video": "https://vimeo.com/76979871", "caption": SENTINEL}),
        ("call_to_action", {"heading": SENTINEL, "text": SENTINEL, "primary": link}),
    ]


def section_for(audience: str, feature: str, blocks: list[tuple[str, Any]]) -> tuple[str, Any]:
    content = [{"type": kind, "value": value, "id": f"in-{n}"} for n, (kind, value) in enumerate(blocks)]
    return "members_only", {"audience": audience, "feature": feature, "credits": None, "content": content}


@pytest.fixture(scope="module")
def planted(module_db: None) -> Planted:
    """The word behind every kind of gate: page, section, block, draft, schedule, unpublished page."""
    feature = FeatureFactory(key="premium", name="Premium articles")
    document, image = FileFactory(title="Handout", content=SENTINEL), CustomImageFactory()
    blocks = secret_blocks(document, image)
    opening = ("text", "<p>The free part.</p>")
    gated = stream(opening, ("preview_divider", None), *blocks)
    everywhere = {"body": gated, "audience": Audience.PLANS, "audience_feature": feature}
    section = ArticleIndexPageFactory(title="Premium", audience=Audience.PLANS, audience_feature=feature)
    article = ArticlePageFactory(title="Gated article", **everywhere)
    inherited = ArticlePageFactory(title="Inherited", body=gated, parent=section)
    pages = [
        article,
        inherited,
        ArticlePageFactory(title="No divider", parent=section, body=stream(*blocks)),
        StandardPageFactory(title="Standard", **everywhere),
        HelpPageFactory(title="Help", **everywhere),
        StandardPageFactory(title="Block", body=stream(opening, section_for("plans", "premium", blocks))),
        inherited.create_alias(parent=ArticleIndexPageFactory(title="Open")),
        front_page(),
    ]
    section.unpublish()
    home = front_page()
    home.body = stream(section_for("plans", "premium", blocks))
    home.save_revision().publish()
    return Planted(pages=pages, unfinished=_unfinished(), document=document)


def _unfinished() -> list[Any]:
    """The word in what is not published: a draft, a draft of a live page, a scheduled page."""
    body = stream(("text", SECRET_TEXT))
    draft = StandardPageFactory(title="Draft", live=False, body=body, summary=SENTINEL)
    later = StandardPageFactory(title="Later", live=False, body=body, summary=SENTINEL)
    later.go_live_at = timezone.now() + timedelta(days=1)
    later.save_revision().publish()
    live = StandardPageFactory(title="Live")
    live.title, live.summary, live.body = f"Live {SENTINEL}", SENTINEL, body
    live.save_revision()
    return [draft, later, live]


@pytest.fixture(params=["visitor", "lapsed customer"])
def outsider(request: pytest.FixtureRequest, client: Client, planted: Planted) -> Client:
    """Somebody who may not read any of it."""
    if request.param == "lapsed customer":
        person = customer_with("premium")
        client.force_login(person)
        client.get(planted.pages[0].get_url())
        lapse(person)
    return client


def everything_of(response: Any) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body + str(response.headers).encode()


def assert_silent(response: Any, what: object) -> None:
    assert SENTINEL_IN not in everything_of(response), f"{what} tells"


def admin_addresses(page: Page) -> Iterator[str]:
    for end in (
        "edit/", "edit/preview/", "view_draft/", "history/", "usage/", "privacy/", "copy/",
        "edit/preview/?in_preview_panel=true&mode=", "workflow/status/", "unpublish/",
    ):  # fmt: skip
        yield f"/admin/pages/{page.pk}/{end}"
    for revision in page.revisions.all():
        yield f"/admin/pages/{page.pk}/revisions/{revision.pk}/view/"
        yield f"/admin/pages/{page.pk}/revisions/{revision.pk}/revert/"
        yield f"/admin/pages/{page.pk}/revisions/compare/live...{revision.pk}/"
    yield f"/admin/api/main/pages/{page.pk}/"


def test_somebody_entitled_reads_every_word_of_it(client: Client, planted: Planted) -> None:
    client.force_login(customer_with("premium"))

    for page in planted.pages:
        assert everything_of(client.get(page.get_url())).count(SENTINEL_IN) > 10, page
    assert SENTINEL_IN in everything_of(client.get(planted.document.url))


def test_the_pages_are_there_for_an_outsider_too(outsider: Client, planted: Planted) -> None:
    for page in planted.pages:
        assert outsider.get(page.get_url()).status_code == 200


def test_no_page_tells_whatever_is_asked_of_it(outsider: Client, planted: Planted) -> None:
    for page in planted.pages:
        assert_silent(outsider.get(page.get_url()), page)
    url = planted.pages[0].get_url()
    for headers in HEADERS:
        assert_silent(outsider.get(url, headers=headers), headers)
    for query in (*QUERIES, "&".join(QUERIES)):
        assert_silent(outsider.get(f"{url}?{query}"), query)
    for method in METHODS:
        assert_silent(getattr(outsider, method)(url), method)


def test_search_neither_shows_nor_confirms_the_word(outsider: Client, planted: Planted) -> None:
    for address in ("/search/", "/search/help/"):
        for headers in ({}, HTMX):
            for query in (SENTINEL[:-1], "gated", "free part", "happens"):
                found = outsider.get(address, {"q": query}, headers=headers)
                assert_silent(found, (address, query))
            for query in (SENTINEL, SENTINEL[:6]):
                echo = outsider.get(address, {"q": query}, headers=headers).content.decode()
                assert "Nothing found" in echo, (address, query)


def test_what_machines_read_does_not_tell(outsider: Client, planted: Planted) -> None:
    for address in ("/feed/", "/feed/atom/", "/sitemap.xml", "/robots.txt"):
        response = outsider.get(address)
        assert response.status_code == 200
        assert_silent(response, address)


def test_the_document_stays_shut(outsider: Client, planted: Planted) -> None:
    for method in ("get", "head", "post", "options"):
        for headers in HEADERS:
            response = getattr(outsider, method)(planted.document.url, headers=headers)
            assert not response.streaming
            assert_silent(response, (method, headers))


def test_the_admin_tells_nothing_to_people_without_access(outsider: Client, planted: Planted) -> None:
    for page in (planted.pages[0], *planted.unfinished):
        for address in admin_addresses(page):
            assert_silent(outsider.get(address), address)
            assert_silent(outsider.post(address), address)
    for address in (
        "/admin/", "/admin/login/", "/admin/pages/", f"/admin/pages/search/?q={SENTINEL[:6]}",
        "/admin/documents/", "/admin/choose-page/", "/admin/api/main/pages/", "/django-admin/",
        "/admin/reports/aging-pages/",
    ):  # fmt: skip
        assert_silent(outsider.get(address), address)


def test_what_is_not_published_is_told_to_nobody(outsider: Client, planted: Planted) -> None:
    for page in planted.unfinished:
        address = page.url_path.removeprefix("/front")
        for query in ("", "&".join(QUERIES)):
            assert_silent(outsider.get(f"{address}?{query}"), (page, query))
    for address in ("/feed/", "/feed/atom/", "/sitemap.xml", f"/search/?q={SENTINEL[:6]}", "/search/?q=live"):
        assert_silent(outsider.get(address), address)


def test_no_link_of_the_site_leads_to_the_word(outsider: Client, planted: Planted) -> None:
    seen: set[str] = set()
    waiting = ["/", "/search/?q=article", *(page.get_url() for page in planted.pages)]
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("/static/", "/accounts/logout", "//")):
            continue
        seen.add(address)
        response = outsider.get(address)
        assert_silent(response, address)
        if not response.streaming:
            waiting += re.findall(
                r'(?:href|src|hx-get)="(/[^"#]*)"', response.content.decode(errors="replace")
            )
    assert len(seen) > 20


@pytest.mark.parametrize("change", ["gate the section", "move into a section", "gate the page"])
def test_closing_a_page_takes_its_words_out_of_search(client: Client, change: str) -> None:
    section, shut = ArticleIndexPageFactory(), ArticleIndexPageFactory(audience=Audience.MEMBERS)
    article = ArticlePageFactory(parent=section, body=stream(("text", SECRET_TEXT)))
    asked = {"q": SENTINEL}
    assert "1 page found" in client.get("/search/", asked).content.decode()

    if change == "move into a section":
        article.move(shut, pos="last-child")
    else:
        page = section if change == "gate the section" else article
        page.audience = Audience.MEMBERS
        page.save_revision().publish()

    assert "Nothing found" in client.get("/search/", asked).content.decode()


def test_opening_a_section_brings_its_words_into_search(client: Client) -> None:
    section = ArticleIndexPageFactory(audience=Audience.MEMBERS)
    article = ArticlePageFactory(parent=section, body=stream(("text", SECRET_TEXT)))
    alias = article.create_alias(parent=ArticleIndexPageFactory(title="Open"))
    assert "Nothing found" in client.get("/search/", {"q": SENTINEL}).content.decode()

    section.audience = Audience.EVERYONE
    section.save()

    found = client.get("/search/", {"q": SENTINEL}).content.decode()
    assert article.get_url() in found
    assert alias.get_url() in found
