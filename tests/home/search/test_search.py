"""``/search/``: finds what is public, says nothing about the rest, and survives what people type."""

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from home.gate.audience import Audience
from home.search.queries import tidy
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    HelpPageFactory,
    StandardPageFactory,
    stream,
)

pytestmark = pytest.mark.django_db
SENTINEL = "xylophonequartz"
LOCK = "qs-badge--warning"
PART = {"hx-request": "true"}


def ask(client, query, **extra):
    return client.get(reverse("home:search"), {"q": query}, **extra)


def shown(client, query):
    return ask(client, query).content.decode()


def test_a_published_page_is_found_by_its_title_and_its_summary(client):
    StandardPageFactory(title="Harbour depths", summary="Soundings of the western quay.")
    assert "Harbour depths" in shown(client, "harbour")
    assert "Soundings of the western quay." in shown(client, "quay")


def test_the_beginning_of_a_title_is_enough_while_the_reader_types(client):
    StandardPageFactory(title="Harbour depths")
    assert "Harbour depths" in shown(client, "harb")


def test_drafts_are_not_found(client):
    StandardPageFactory(title="Harbour depths", live=False)
    assert "Nothing found" in shown(client, "harbour")


@pytest.mark.parametrize("kind", [PageViewRestriction.PASSWORD, PageViewRestriction.LOGIN])
def test_pages_with_a_view_restriction_are_not_found(client, kind):
    page = StandardPageFactory(title="Harbour depths")
    PageViewRestriction.objects.create(page=page, restriction_type=kind)
    assert "Nothing found" in shown(client, "harbour")


def test_pages_below_a_restricted_section_are_not_found(client):
    section = ArticleIndexPageFactory()
    ArticlePageFactory(title="Harbour depths", parent=section)
    PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
    assert "Nothing found" in shown(client, "harbour")


def test_a_gated_article_is_listed_with_a_lock_and_its_summary(client):
    ArticlePageFactory(title="Harbour depths", summary="For members.", audience=Audience.MEMBERS)
    content = shown(client, "harbour")
    assert "For members." in content
    assert LOCK in content


def test_an_article_in_a_gated_section_has_a_lock_unless_it_is_open_itself(client):
    section = ArticleIndexPageFactory(audience=Audience.MEMBERS)
    ArticlePageFactory(title="Harbour depths", parent=section)
    ArticlePageFactory(title="Harbour lights", parent=section, audience=Audience.EVERYONE)
    assert shown(client, "harbour").count(LOCK) == 1


def test_the_gated_part_of_an_article_can_neither_be_read_nor_guessed(client):
    body = stream(("text", "<p>Public</p>"), ("preview_divider", None), ("text", f"<p>{SENTINEL}</p>"))
    ArticlePageFactory(title="Harbour depths", body=body, audience=Audience.MEMBERS)
    assert SENTINEL not in shown(client, "harbour")
    assert "Nothing found" in shown(client, SENTINEL)
    assert "Nothing found" in shown(client, SENTINEL[:6])


def test_a_members_only_section_of_an_open_page_cannot_be_guessed_either(client):
    hidden = {
        "audience": "members",
        "feature": "",
        "content": [{"type": "text", "value": f"<p>{SENTINEL}</p>"}],
    }
    body = stream(("text", "<p>Public harbour</p>"), ("members_only", hidden))
    StandardPageFactory(title="Harbour depths", body=body)
    assert "Harbour depths" in shown(client, "public")
    assert "Nothing found" in shown(client, SENTINEL)


@pytest.mark.parametrize(
    "query",
    [
        "\x00harbour",
        "' OR 1=1 --",
        "a & | ! b",
        "<script>alert(1)</script>",
        "%",
        "\\\\",
        "(((",
        "🦑🦑",
        ":* <->",
    ],
)
def test_whatever_is_typed_gets_an_answer(client, query):
    response = ask(client, query)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_a_long_query_is_cut_and_the_reader_is_told(client):
    assert "only the first 100 characters" in shown(client, "harbour " * 500)


@pytest.mark.parametrize(("typed", "searched"), [("  a\n\tb ", "a b"), ("\x00", ""), ("x" * 500, "x" * 100)])
def test_a_query_is_tidied_before_it_is_searched_for(typed, searched):
    assert tidy(typed) == searched


def test_one_letter_is_too_little(client):
    assert "at least two letters" in shown(client, "a")


def test_an_empty_search_shows_the_form_and_no_verdict(client):
    response = client.get(reverse("home:search"))
    assert response.status_code == 200
    assert "Nothing found" not in response.content.decode()


def test_htmx_gets_the_results_alone(client):
    StandardPageFactory(title="Harbour depths")
    response = ask(client, "harbour", headers=PART)
    content = response.content.decode()
    assert "Harbour depths" in content
    assert "<html" not in content
    assert "HX-Request" in response["Vary"]


def test_help_search_finds_help_pages_only(client):
    HelpPageFactory(title="Harbour help")
    StandardPageFactory(title="Harbour depths")
    content = client.get(reverse("home:help_search"), {"q": "harbour"}).content.decode()
    assert "Harbour help" in content
    assert "Harbour depths" not in content


def test_results_come_in_parts_and_a_wrong_part_is_the_nearest(client):
    for number in range(12):
        StandardPageFactory(title=f"Harbour {number}")
    assert "Page 1 of 2" in shown(client, "harbour")
    for part, nearest in (("2", 2), ("99", 2), ("-1", 2), ("x", 1)):
        response = client.get(reverse("home:search"), {"q": "harbour", "page": part})
        assert f"Page {nearest} of 2" in response.content.decode()


def test_who_searches_too_much_is_told_to_wait(client, monkeypatch):
    monkeypatch.setattr("home.search.views.SEARCHES_PER_MINUTE", 3)
    for _ in range(3):
        ask(client, "harbour", headers=PART)
    response = ask(client, "harbour")
    assert response.status_code == 429
    assert "Wait a moment" in response.content.decode()


def test_search_results_are_not_for_search_engines(client):
    assert 'content="noindex"' in shown(client, "harbour")


@pytest.mark.parametrize("number", [1, 9])
def test_the_number_of_queries_does_not_grow_with_the_results(client, number, django_assert_max_num_queries):
    ArticlePageFactory.create_batch(number, title="Harbour depths", audience=Audience.MEMBERS)
    ask(client, "harbour")
    with django_assert_max_num_queries(9):
        ask(client, "harbour", headers=PART)
