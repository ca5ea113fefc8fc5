"""What is found on a page before a reader finds it."""

import pytest

from files.models import CustomImage
from home.content_checks import findings
from home.content_checks.findings import find
from home.gate.audience import Audience
from home.gate.rules import OPEN, Rule
from home.pages.articles import ArticlePage
from tests.factories.home import stream

pytestmark = pytest.mark.django_db
MEMBERS = Rule(Audience.MEMBERS)
TEXT = ("text", "<p>Words</p>")
DIVIDER = ("preview_divider", None)


def article(*blocks, **fields):
    return ArticlePage(title="Depths", **{"summary": "Summary.", **fields}, body=stream(*blocks))


@pytest.mark.parametrize("rule", [OPEN, MEMBERS])
def test_a_page_in_order_has_no_findings(rule):
    blocks = (TEXT,) if rule is OPEN else (TEXT, DIVIDER, TEXT)
    assert find(article(*blocks), rule) == []


def test_a_page_without_a_summary_is_found():
    assert find(article(TEXT, summary=""), OPEN) == [findings.NO_SUMMARY]
    assert find(article(TEXT, summary="", search_description="Words."), OPEN) == []


def test_a_gated_page_without_a_preview_is_found():
    assert find(article(TEXT), MEMBERS) == [findings.NO_DIVIDER]
    assert find(article(DIVIDER, TEXT), MEMBERS) == [findings.NOTHING_FREE]


def test_a_divider_that_does_nothing_is_found():
    assert find(article(TEXT, DIVIDER, TEXT), OPEN) == [findings.IDLE_DIVIDER]


@pytest.mark.parametrize(
    ("html", "is_found"),
    [
        ("<h2>A</h2><h3>B</h3><h2>C</h2>", False),
        ("<h3>A</h3>", True),
        ("<h2>A</h2><h4>B</h4>", True),
        ("<p>h4</p>", False),
    ],
)
def test_headings_that_skip_a_level_are_found(html, is_found):
    assert (find(article(("text", html)), OPEN) == [findings.HEADINGS]) is is_found


def test_a_block_with_a_heading_counts_as_level_two():
    steps = ("steps", {"heading": "How", "items": []})
    assert find(article(steps, ("text", "<h3>Then</h3>")), OPEN) == []


def test_a_cover_nobody_described_is_found():
    (sentence,) = find(article(TEXT, cover=CustomImage(collection_id=1, title="x")), OPEN)
    assert sentence.startswith("The cover picture has no alternative text")
    assert find(article(TEXT, cover=CustomImage(collection_id=1, title="x", alt_text="A storm")), OPEN) == []
