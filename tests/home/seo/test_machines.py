"""Feed, sitemap, robots and redirects: complete for machines, silent about what is not public."""

from xml.etree import ElementTree

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from home.gate.audience import Audience
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    StandardPageFactory,
    front_page,
    stream,
)

pytestmark = pytest.mark.django_db
SENTINEL = "xylophonequartz"
FEEDS = ["home:feed", "home:feed_atom"]


def assert_xml(response):
    ElementTree.fromstring(response.content)  # noqa: S314 - what the site itself wrote


@pytest.fixture
def gated():
    body = stream(("text", "<p>Public</p>"), ("preview_divider", None), ("text", f"<p>{SENTINEL}</p>"))
    return ArticlePageFactory(title="Gated depths", summary="Summary.", body=body, audience=Audience.MEMBERS)


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_gives_title_and_summary_and_never_the_text(client, gated, name):
    response = client.get(reverse(name))
    content = response.content.decode()
    assert "Gated depths" in content
    assert "Summary." in content
    assert SENTINEL not in content
    assert_xml(response)


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_leaves_out_drafts_and_restricted_articles(client, name):
    ArticlePageFactory(title="Draft", live=False)
    hidden = ArticlePageFactory(title="Restricted")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    content = client.get(reverse(name)).content.decode()
    assert "Draft" not in content
    assert "Restricted" not in content


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_valid_xml_whatever_a_title_holds(client, name):
    ArticlePageFactory(title="Depths \x0b & <tides>")
    assert_xml(client.get(reverse(name)))


@pytest.mark.parametrize("number", [1, 8])
def test_a_feed_s_queries_do_not_grow_with_its_articles(client, number, django_assert_max_num_queries):
    ArticlePageFactory.create_batch(number)
    client.get(reverse("home:feed"))
    with django_assert_max_num_queries(5):
        client.get(reverse("home:feed"))


def test_the_sitemap_lists_public_pages_and_no_others(client, gated):
    StandardPageFactory(slug="draft", live=False)
    hidden = StandardPageFactory(slug="hidden")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    response = client.get("/sitemap.xml")
    content = response.content.decode()
    assert gated.url in content
    assert "/draft/" not in content
    assert "/hidden/" not in content
    assert SENTINEL not in content
    assert_xml(response)


@pytest.mark.parametrize("number", [2, 9])
def test_the_sitemap_s_queries_do_not_grow_with_the_pages(client, number, django_assert_max_num_queries):
    ArticlePageFactory.create_batch(number)
    client.get("/sitemap.xml")
    with django_assert_max_num_queries(12):
        client.get("/sitemap.xml")


def test_robots_are_shown_the_sitemap_and_kept_from_private_addresses(client):
    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()
    assert response["Content-Type"].startswith("text/plain")
    assert "Disallow: /admin/" in lines
    assert "Disallow: /dashboard/" in lines
    assert any(line.startswith("Sitemap: http") and line.endswith("/sitemap.xml") for line in lines)


def test_the_icon_is_found_without_reading_a_page(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200


def test_a_page_that_moves_leaves_a_redirect_behind(client, django_capture_on_commit_callbacks):
    page = StandardPageFactory(slug="old-name")
    page.slug = "new-name"
    with django_capture_on_commit_callbacks(execute=True):
        page.save()
    response = client.get("/old-name/")
    assert response.status_code == 301
    assert response["Location"].endswith("/new-name/")


def test_the_pages_below_a_section_that_moves_are_found_at_their_old_addresses(client):
    old, new = ArticleIndexPageFactory(slug="old"), ArticleIndexPageFactory(slug="new")
    ArticlePageFactory(slug="depths", parent=old)
    old.move(new, pos="last-child")
    assert client.get("/old/depths/")["Location"].endswith("/new/old/depths/")


def test_an_editor_s_redirect_is_followed(client):
    Redirect.objects.create(old_path="/gone", redirect_page=front_page())
    assert client.get("/gone/").status_code == 301
