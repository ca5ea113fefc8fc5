"""Which page may stand where."""

import pytest
from wagtail.models import Page

from home.pages.articles import ArticleIndexPage, ArticlePage
from home.pages.base import SitePage
from home.pages.front import HomePage
from home.pages.help import HelpIndexPage, HelpPage
from home.pages.pricing import PricingPage
from home.pages.standard import AboutPage, StandardPage
from tests.factories.home import ArticlePageFactory, front_page, stream

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        (Page, HomePage),
        (HomePage, StandardPage),
        (StandardPage, StandardPage),
        (HomePage, AboutPage),
        (HomePage, PricingPage),
        (HomePage, HelpIndexPage),
        (HelpIndexPage, HelpPage),
        (HomePage, ArticleIndexPage),
        (ArticleIndexPage, ArticleIndexPage),
        (ArticleIndexPage, ArticlePage),
    ],
)
def test_a_page_may_stand_where_it_makes_sense(parent: type[Page], child: type[Page]) -> None:
    assert child in parent.allowed_subpage_models()


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        (HomePage, HomePage),
        (HomePage, ArticlePage),
        (HomePage, HelpPage),
        (ArticlePage, ArticlePage),
        (HelpPage, HelpPage),
        (PricingPage, StandardPage),
        (HelpIndexPage, ArticlePage),
        (HomePage, SitePage),
        (HomePage, Page),
    ],
)
def test_a_page_may_not_stand_elsewhere(parent: type[Page], child: type[Page]) -> None:
    assert child not in parent.creatable_subpage_models()


def test_there_is_one_front_page() -> None:
    front_page()

    assert not HomePage.can_create_at(Page.objects.get(depth=1))


def test_the_reading_time_is_kept_with_the_article() -> None:
    article = ArticlePageFactory(body=stream(("text", "<p>" + "word " * 1000 + "</p>")))

    article.refresh_from_db()

    assert article.reading_minutes == 5
