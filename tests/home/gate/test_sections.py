"""A page takes the audience of its nearest section, wherever it goes."""

from typing import Any

import pytest
from wagtail.models import Page

from home.gate.audience import Audience
from home.gate.reading import Reading
from home.gate.rules import OPEN, Rule
from home.gate.sections import rule_of, rules_of
from home.pages.articles import ArticleIndexPage, ArticlePage
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticleIndexPageFactory, ArticlePageFactory, StandardPageFactory, front_page

pytestmark = pytest.mark.django_db
MEMBERS = Rule(Audience.MEMBERS)
PREMIUM = Rule(Audience.PLANS, "premium")


@pytest.fixture
def premium_section() -> ArticleIndexPage:
    feature = FeatureFactory(key="premium")
    return ArticleIndexPageFactory(audience=Audience.PLANS, audience_feature=feature)


def test_a_page_without_any_choice_above_it_is_open() -> None:
    assert rule_of(ArticlePageFactory()) == OPEN


def test_a_page_has_the_audience_of_its_section(premium_section: ArticleIndexPage) -> None:
    inner = ArticleIndexPageFactory(parent=premium_section)

    assert rule_of(ArticlePageFactory(parent=inner)) == PREMIUM


def test_a_page_can_be_more_open_than_its_section(premium_section: ArticleIndexPage) -> None:
    assert rule_of(ArticlePageFactory(parent=premium_section, audience=Audience.EVERYONE)) == OPEN


def test_a_change_of_the_section_counts_at_once_for_what_is_below(premium_section: ArticleIndexPage) -> None:
    article = ArticlePageFactory(parent=premium_section)

    premium_section.audience = Audience.MEMBERS
    premium_section.save_revision().publish()

    assert rule_of(ArticlePage.objects.get(pk=article.pk)) == MEMBERS


def test_a_draft_of_a_change_does_not_count(premium_section: ArticleIndexPage) -> None:
    article = ArticlePageFactory(parent=premium_section)

    premium_section.audience = Audience.EVERYONE
    premium_section.save_revision()

    assert rule_of(article) == PREMIUM


def test_a_section_that_is_taken_offline_still_guards_what_is_below(
    premium_section: ArticleIndexPage,
) -> None:
    article = ArticlePageFactory(parent=premium_section)

    premium_section.unpublish()

    assert rule_of(article) == PREMIUM


def test_a_page_that_moves_takes_the_audience_of_where_it_goes(premium_section: ArticleIndexPage) -> None:
    open_section = ArticleIndexPageFactory(title="Open")
    article = ArticlePageFactory(parent=open_section)

    article.move(premium_section, pos="last-child")
    assert rule_of(ArticlePage.objects.get(pk=article.pk)) == PREMIUM

    ArticlePage.objects.get(pk=article.pk).move(Page.objects.get(pk=open_section.pk), pos="last-child")
    assert rule_of(ArticlePage.objects.get(pk=article.pk)) == OPEN


def test_an_alias_is_never_more_open_than_its_original(premium_section: ArticleIndexPage) -> None:
    original = ArticlePageFactory(parent=premium_section)
    open_section = ArticleIndexPageFactory(title="Open")

    alias = original.create_alias(parent=open_section)

    assert rule_of(alias) == PREMIUM


def test_an_alias_in_a_stricter_section_is_as_strict_as_the_section(
    premium_section: ArticleIndexPage,
) -> None:
    original = ArticlePageFactory(parent=ArticleIndexPageFactory(title="Open"))

    alias = original.create_alias(parent=premium_section)

    assert rule_of(alias) == PREMIUM


def test_an_alias_of_a_whole_section_keeps_its_pages_shut(premium_section: ArticleIndexPage) -> None:
    ArticlePageFactory(parent=premium_section)
    alias = premium_section.create_alias(parent=front_page(), recursive=True, update_slug="copy")

    assert rule_of(alias.get_children().get()) == PREMIUM


def test_a_single_page_gets_the_same_rule_as_in_a_list(premium_section: ArticleIndexPage) -> None:
    article = ArticlePageFactory(parent=premium_section)
    alias = article.create_alias(parent=ArticleIndexPageFactory(title="Open"))

    for page in (premium_section, article, alias, front_page()):
        assert Reading.by_anyone(page).rule == rule_of(page)


def test_a_copy_has_the_audience_it_was_given_and_that_of_its_new_place(
    premium_section: ArticleIndexPage,
) -> None:
    elsewhere = ArticleIndexPageFactory(title="Open")
    original = ArticlePageFactory(parent=elsewhere)
    chosen = ArticlePageFactory(parent=elsewhere, audience=Audience.MEMBERS)

    assert rule_of(original.copy(to=premium_section)) == PREMIUM
    assert rule_of(chosen.copy(to=premium_section)) == MEMBERS


@pytest.mark.parametrize("number", [1, 10])
def test_the_rules_of_a_list_cost_two_queries(
    premium_section: ArticleIndexPage, number: int, django_assert_num_queries: Any
) -> None:
    pages = [ArticlePageFactory(parent=premium_section) for _ in range(number)]
    pages += [page.create_alias(parent=ArticleIndexPageFactory()) for page in pages]
    pages += [StandardPageFactory() for _ in range(number)]

    with django_assert_num_queries(2):
        rules = rules_of(pages)

    assert list(rules.values()) == [PREMIUM] * 2 * number + [OPEN] * number
