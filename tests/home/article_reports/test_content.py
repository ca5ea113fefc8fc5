"""What is in a report: the article as its reader may read it, and nothing that an editor wrote is lost."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from home.article_reports.content import Code, Heading, Items, Paragraph, Picture, Quote, Report
from home.article_reports.parts import leaves_out, report_of
from home.article_reports.rich_text import parts_of
from home.article_reports.typesetting import typeset
from home.gate.audience import Audience
from home.navigation.models import Navigation
from home.pages.articles import ArticlePage
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticlePageFactory, stream
from tests.factories.members import PersonFactory, person_in
from tests.home.article_reports.conftest import FREE, PAID
from tests.home.readers import customer_with

SITE = "https://site.example"
PLAIN = Report(
    title="A title",
    address=f"{SITE}/a/",
    site="QuickScale",
    reader="Ada",
    made_on=date(2026, 3, 1),
    published_on=date(2026, 2, 1),
)


def words_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def text_of(report: Report) -> str:
    return repr(report.parts)


def fresh(page: Any) -> ArticlePage:
    return ArticlePage.objects.get(pk=page.pk)


def picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(target, "JPEG")
    return target.getvalue()


def test_an_editors_text_becomes_headings_paragraphs_quotes_and_lists() -> None:
    html = (
        "<h2>Step <b>one</b></h2><p>Some <b>bold</b> &amp; <i>slanted</i> words.</p>"
        '<ul><li>First<ul><li>Inside</li></ul></li></ul><blockquote>Wise</blockquote><p data-x="1">End</p>'
    )
    heading, first, items, quote, last = parts_of(html, base=SITE)
    assert heading == Heading("Step one", 1)
    assert first == Paragraph("Some <b>bold</b> &amp; <i>slanted</i> words.")
    assert items == Items(((Paragraph("First"), Items(((Paragraph("Inside"),),))),))
    assert (quote, last) == (Quote("Wise"), Paragraph("End"))


@pytest.mark.parametrize(("href", "kept"), [
    ("/help/", f'href="{SITE}/help/"'),
    ("https://else.example/?a=1&amp;b=2", 'href="https://else.example/?a=1&amp;b=2"'),
    ("javascript:alert(1)", ""),
    ("data:text/html,x", ""),
    ("", ""),
])  # fmt: skip
def test_links_lead_where_they_lead_on_the_site_and_nowhere_else(href: str, kept: str) -> None:
    (part,) = parts_of(f'<p><a href="{href}">there</a></p>', base=SITE)
    assert isinstance(part, Paragraph)
    assert "there" in part.markup
    assert ("href=" in part.markup) == bool(kept)
    assert kept in part.markup


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abc<>/&\"'= \n\x00é“”漢😀", max_size=80) | st.sampled_from([
    '<a href="/x"><a href="/y">both</a></a>', "<p><b>open <i>crossed</b> over</i>", "<li>alone</li>",
    "<ul><ul><li>deep</li></ul></ul>", "<table><tr><td>cell</td></tr></table>", "<p>" + "x" * 900 + "</p>",
]))  # fmt: skip
def test_whatever_stands_in_a_text_it_can_be_set(html: str) -> None:
    parts = (
        *parts_of(html, base=SITE),
        Code(html, html[:20]),
        Picture(lambda: None, html),
        Heading(html or "x"),
    )
    assert typeset(replace(PLAIN, title=html or "x", summary=html, parts=parts)).startswith(b"%PDF")


def test_a_report_says_what_it_is_and_leads_to_its_parts() -> None:
    parts = (Heading("One"), Paragraph("Words."), Heading("Two", 2), Picture(picture, "Boats", "In port"))
    made = typeset(replace(PLAIN, author="Ines", summary="In short.", parts=parts, words=1234, minutes=6))
    reader = PdfReader(BytesIO(made))
    assert (reader.metadata.title, reader.metadata.author) == ("A title", "Ines")
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.outline[0].title == "One"
    assert reader.outline[1][0].title == "Two"
    text = words_of(made)
    for words in (
        "A title",
        "Ines · 1 February 2026",
        "6 min",
        "1,234",
        "Contents",
        "Made for Ada",
        "In port",
    ):
        assert words in text
    assert "1 / 2" in text
    assert len(reader.pages[1].images) == 1


def test_letters_of_other_alphabets_are_in_it() -> None:
    text = words_of(typeset(replace(PLAIN, parts=(Paragraph("Zażółć Ελληνικά Привет “€”"),))))
    assert "Zażółć Ελληνικά Привет “€”" in text


def test_a_picture_whose_file_is_gone_is_told_of() -> None:
    assert "A picture is missing here: A boat" in words_of(
        typeset(replace(PLAIN, parts=(Picture(lambda: None, "A boat"),)))
    )


def test_who_makes_it_hears_of_every_part() -> None:
    beats: list[None] = []
    typeset(replace(PLAIN, parts=(Paragraph("x"),) * 20), beat=lambda: beats.append(None))
    assert len(beats) > 40


@pytest.mark.django_db
def test_a_reader_gets_the_part_that_is_open_to_them(article: ArticlePage) -> None:
    member, subscriber = PersonFactory(), customer_with("premium")
    shut, opened = report_of(fresh(article), member), report_of(fresh(article), subscriber)
    assert FREE in text_of(shut)
    assert PAID not in text_of(shut)
    assert not any(isinstance(part, Picture) for part in shut.parts)
    assert shut.left_out
    assert PAID in text_of(opened)
    assert not opened.left_out
    assert opened.figures[2:] == [("2", "sections"), ("1", "picture")]
    assert opened.words > shut.words
    assert [leaves_out(fresh(article), who) for who in (member, subscriber)] == [True, False]
    assert PAID not in words_of(typeset(shut))


@pytest.mark.django_db
def test_an_editor_gets_all_of_it_and_a_name_stands_on_it(article: ArticlePage) -> None:
    editor = person_in("Editors")
    editor.first_name, editor.last_name = "Lucie", "Brandt"
    made = report_of(fresh(article), editor)
    assert PAID in text_of(made)
    assert (made.reader, made.author) == ("Lucie Brandt", "Ines Marlow")
    assert made.site == "QuickScale"
    Navigation.objects.update_or_create(site=article.get_site(), defaults={"organisation": "Leadline"})
    assert report_of(fresh(article), editor).site == "Leadline"


@pytest.mark.django_db
def test_a_section_of_members_and_a_quota_open_nothing_by_being_ordered() -> None:
    inside = [{"type": "text", "value": f"<p>{PAID}</p>", "id": "x"}]
    section = {"audience": "plans", "feature": "premium", "credits": None, "content": inside}
    reads = FeatureFactory(key="reads", kind="limit", period="month")
    FeatureFactory(key="premium")
    hidden = ArticlePageFactory(body=stream(("text", f"<p>{FREE}</p>"), ("members_only", section)))
    counted = ArticlePageFactory(
        audience=Audience.QUOTA, audience_feature=reads, body=stream(("text", f"<p>{PAID}</p>"))
    )
    member = PersonFactory()
    for page in (hidden, counted):
        assert PAID not in text_of(report_of(fresh(page), member))
    assert PAID in text_of(report_of(fresh(hidden), customer_with("premium")))


@pytest.mark.django_db
def test_every_kind_of_block_is_in_it_but_what_invites_elsewhere() -> None:
    body = stream(
        ("steps", {"heading": "How", "items": [{"title": "First step", "text": "<p>Sign up.</p>"}]}),
        ("faq", {"heading": "Asked", "items": [{"question": "Why?", "answer": "<p>Because.</p>"}]}),
        ("code", {"language": "python", "file_name": "greet.py", "code": "def greet(): return '<b>'"}),
        ("video", {"video": "https://vimeo.com/76979871", "caption": "A film"}),
        ("call_to_action", {"heading": "Ready?", "primary": {"label": "Buy", "address": "/pricing/"}}),
    )
    made = report_of(fresh(ArticlePageFactory(body=body)), PersonFactory())
    text = words_of(typeset(made))
    for words in (
        "How",
        "First step",
        "Sign up.",
        "Why?",
        "Because.",
        "greet.py",
        "def greet()",
        "vimeo.com",
    ):
        assert words in text
    assert "Ready?" not in text
