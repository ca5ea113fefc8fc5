"""Every type of page: what a visitor gets, and what it costs the database."""

from typing import Any

import pytest
from django.test import Client

from home.pages.articles import ARTICLES_PER_PAGE, ArticleIndexPage
from home.pages.help import HelpIndexPage
from tests.factories.billing import PriceFactory
from tests.factories.home import (
    AboutPageFactory,
    ArticleIndexPageFactory,
    ArticlePageFactory,
    AuthorFactory,
    HelpIndexPageFactory,
    HelpPageFactory,
    PricingPageFactory,
    StandardPageFactory,
    front_page,
    stream,
)

pytestmark = pytest.mark.django_db

LINK = {"label": "See plans", "address": "/pricing/"}
EVERY_BLOCK = stream(
    ("hero", {"heading": "Know how deep the water is", "primary": LINK, "look": "chart"}),
    ("text", "<p>Some <b>words</b>.</p>"),
    ("steps", {"heading": "How", "items": [{"title": "First step", "text": "<p>Sign up.</p>"}]}),
    ("faq", {"items": [{"question": "Why?", "answer": "<p>Because.</p>"}]}),
    ("code", {"language": "python", "code": "def greet(): return '<b>'"}),
    ("video", {"video": "https://vimeo.com/76979871", "caption": "A film"}),
    (
        "feature_grid",
        {"heading": "What", "items": [{"icon": "clock", "title": "Quick", "text": "Very."}] * 2},
    ),
    ("testimonials", {"items": [{"quote": "It works.", "name": "Mara Lindqvist"}]}),
    ("pricing_table", {"heading": "Plans"}),
    ("call_to_action", {"heading": "Ready?", "primary": LINK}),
)


def shown(client: Client, page: Any, query: str = "") -> str:
    response = client.get(page.get_url() + query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_page_shows_every_block_it_is_made_of(client: Client) -> None:
    page = StandardPageFactory(body=EVERY_BLOCK)

    content = shown(client, page)

    for words in (
        "Know how deep the water is", "Some <b>words</b>", "First step", "Why?", "A film", "Quick",
        "It works.", "Ready?", "No plans on sale yet", 'href="/pricing/"',
    ):  # fmt: skip
        assert words in content
    assert '<span class="k">def</span>' in content
    assert "style=" not in content


def test_a_page_that_opens_with_a_hero_has_one_heading_of_the_first_level(client: Client) -> None:
    assert shown(client, StandardPageFactory(body=EVERY_BLOCK)).count("<h1") == 1
    assert shown(client, StandardPageFactory()).count("<h1") == 1


def test_the_pricing_page_shows_the_plans_on_sale(client: Client) -> None:
    PriceFactory(version__plan__name="Cutter", version__features={"csv_export": None}, amount=3600)
    question = ("question", {"question": "May I cancel?", "answer": "<p>Any time.</p>"})
    page = PricingPageFactory(introduction="Three plans.", questions=stream(question))

    content = shown(client, page)

    for words in ("Three plans.", "Cutter", "€36", "Csv export", "May I cancel?", "Any time."):
        assert words in content


def test_the_help_index_sorts_its_pages_by_who_they_are_for(client: Client) -> None:
    HelpPageFactory(title="Lock a page", written_for="editor")
    HelpPageFactory(title="Change your plan", written_for="customer")
    HelpPageFactory(title="Unfinished", live=False)

    content = shown(client, HelpIndexPage.objects.get())

    assert content.index("Customers") < content.index("Change your plan")
    assert content.index("Change your plan") < content.index("Editors") < content.index("Lock a page")
    assert "Admins" not in content
    assert "Unfinished" not in content


def test_a_help_page_lists_its_neighbours(client: Client) -> None:
    HelpPageFactory(title="Lock a page")

    assert "Lock a page" in shown(client, HelpPageFactory(body=stream(("text", "<p>Hello</p>"))))


def test_an_article_index_shows_the_newest_first_and_the_rest_on_further_pages(client: Client) -> None:
    for day in range(1, ARTICLES_PER_PAGE + 2):
        ArticlePageFactory(title=f"Article of day {day:02}", date=f"2026-03-{day:02}")
    index = ArticleIndexPage.objects.get()

    first, second = shown(client, index), shown(client, index, "?page=2")

    assert first.index("day 14") < first.index("day 13")
    assert "day 01" not in first
    assert "day 01" in second
    assert "day 01" in shown(client, index, "?page=999")
    assert "day 14" in shown(client, index, "?page=nonsense")


def test_an_article_index_holds_the_articles_of_the_sections_inside_it(client: Client) -> None:
    index = ArticleIndexPageFactory()
    inner = ArticleIndexPageFactory(parent=index, title="Premium")
    ArticlePageFactory(parent=inner, title="The tide table")

    content = shown(client, index)

    assert "The tide table" in content
    assert inner.get_url() in content


def test_an_empty_article_index_says_so(client: Client) -> None:
    assert "Nothing here yet" in shown(client, ArticleIndexPageFactory())


def test_an_article_says_who_wrote_it_when_and_how_long_it_takes(client: Client) -> None:
    author = AuthorFactory(name="Ines Marlow", role="Founder")
    article = ArticlePageFactory(author=author, date="2026-03-09", body=stream(("text", "<p>Short.</p>")))

    content = shown(client, article)

    for words in ("Ines Marlow", "Founder", "9 March 2026", "1 minute", "Short."):
        assert words in content


def test_the_about_page_introduces_the_people(client: Client) -> None:
    page = AboutPageFactory(people=stream(("person", {"name": "Lucie Brandt", "role": "Design"})))

    assert "Lucie Brandt" in shown(client, page)


@pytest.mark.parametrize(
    ("factory", "most"),
    [
        (front_page, 7),
        (StandardPageFactory, 9),
        (AboutPageFactory, 9),
        (PricingPageFactory, 15),
        (HelpIndexPageFactory, 11),
        (HelpPageFactory, 14),
        (ArticleIndexPageFactory, 14),
        (ArticlePageFactory, 11),
    ],
)
def test_a_visit_costs_a_known_number_of_queries(
    client: Client, django_assert_max_num_queries: Any, factory: Any, most: int
) -> None:
    url = factory().get_url()
    client.get(url)

    with django_assert_max_num_queries(most):
        client.get(url)


def test_lists_cost_the_same_however_long_they_are(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        ArticlePageFactory(author=AuthorFactory(), audience="members")
        HelpPageFactory(audience="members")
    article_url, help_url = ArticleIndexPage.objects.get().get_url(), HelpIndexPage.objects.get().get_url()
    client.get(article_url)
    client.get(help_url)

    with django_assert_max_num_queries(15):
        client.get(article_url)
    with django_assert_max_num_queries(12):
        client.get(help_url)
