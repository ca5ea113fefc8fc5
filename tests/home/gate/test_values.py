"""What a reader may not see is cut out of the page's values, before any template could show or hide it."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from home.gate.reading import Reading
from home.pages.articles import ArticlePage
from tests.factories.home import ArticlePageFactory, stream
from tests.factories.members import PersonFactory

pytestmark = pytest.mark.django_db

SECRET = "barnacle"


def values_for(page: ArticlePage, user: Any) -> str:
    """Every stored value that the page holds once it is narrowed to this reader."""
    page.narrow_to(Reading(page, user))
    return str([list(part.raw_data) for part in (page.body, page.body_above, page.body_below)])


def fresh(audience: str, *blocks: tuple[str, Any]) -> ArticlePage:
    made = ArticlePageFactory(audience=audience, body=stream(*blocks))
    return ArticlePage.objects.get(pk=made.pk)


@pytest.fixture
def divided() -> ArticlePage:
    """Free above the divider, for members below it."""
    return fresh("members", ("text", "<p>free</p>"), ("preview_divider", None), ("text", f"<p>{SECRET}</p>"))


@pytest.fixture
def sectioned() -> ArticlePage:
    """Open to everyone, with a section for members."""
    content = [{"type": "text", "value": f"<p>{SECRET}</p>"}]
    section = {"audience": "members", "feature": "", "content": content}
    return fresh("everyone", ("text", "<p>free</p>"), ("members_only", section))


@pytest.mark.parametrize("kind", ["divided", "sectioned"])
def test_a_visitors_page_holds_the_free_words_alone(request: pytest.FixtureRequest, kind: str) -> None:
    values = values_for(request.getfixturevalue(kind), AnonymousUser())
    assert "free" in values
    assert SECRET not in values


@pytest.mark.parametrize("kind", ["divided", "sectioned"])
def test_a_members_page_holds_all_words(request: pytest.FixtureRequest, kind: str) -> None:
    assert SECRET in values_for(request.getfixturevalue(kind), PersonFactory())
