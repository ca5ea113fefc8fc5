"""The blocks: what they refuse, what they print, and that each can be previewed."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from wagtail.blocks import StreamBlock

from home.blocks.gated import MembersOnlyBlock
from home.blocks.highlighting import highlight
from home.blocks.links import LinkBlock
from home.blocks.media import check_video
from home.blocks.streams import ContentStream, MarketingStream, OpenStream, ReadingStream
from home.fields import StreamField
from tests.factories.home import StandardPageFactory

STREAMS = [ContentStream, ReadingStream, MarketingStream, OpenStream]


@pytest.mark.parametrize("stream", STREAMS)
def test_every_block_is_grouped_and_described(stream: type[StreamBlock]) -> None:
    for block in stream().child_blocks.values():
        assert block.meta.group, block
        assert block.get_description(), block


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(MarketingStream().child_blocks)))
def test_every_block_has_a_preview_that_renders(name: str) -> None:
    block = MarketingStream().child_blocks[name]
    assert block.is_previewable, name

    html = render_to_string(
        block.get_preview_template(None),
        {"bound_block": block.bind(block.get_preview_value()), "block_def": block, "request": None},
    )

    assert "<html" in html
    assert "style=" not in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//elsewhere.example", "pricing", "data:text/html,x"]
)
def test_a_link_leads_to_web_addresses_only(address: str) -> None:
    with pytest.raises(ValidationError):
        LinkBlock().clean(LinkBlock().to_python({"label": "Go", "address": address}))


@pytest.mark.django_db
def test_a_link_has_one_place_to_lead_to_and_a_name() -> None:
    page = StandardPageFactory()
    for wrong in (
        {"label": "Go"},
        {"address": "/pricing/"},
        {"label": "Go", "address": "/pricing/", "page": page.pk},
    ):
        with pytest.raises(ValidationError):
            LinkBlock().clean(LinkBlock().to_python(wrong))

    assert LinkBlock().clean(LinkBlock().to_python({"label": "Go", "page": page.pk})).target == page.url
    assert LinkBlock(required=False).clean(LinkBlock().to_python({})).target == ""


@pytest.mark.django_db
def test_a_link_to_a_page_that_is_not_published_leads_nowhere() -> None:
    page = StandardPageFactory(live=False)

    assert LinkBlock().to_python({"label": "Go", "page": page.pk}).target == ""


@pytest.mark.parametrize(
    "address", ["https://example.com/film", "https://youtube.com.evil.example/watch?v=x"]
)
def test_a_video_is_one_of_youtube_or_vimeo(address: str) -> None:
    with pytest.raises(ValidationError, match="YouTube or Vimeo"):
        check_video(address)


def test_code_is_escaped_and_coloured_by_classes() -> None:
    html = highlight(code="print('<script>')", language="python")

    assert "<script>" not in html
    assert 'class="nb"' in html
    assert "style" not in html


def test_code_in_a_language_that_is_no_longer_offered_is_plain() -> None:
    assert highlight(code="x < y", language="cobol-77") == "x &lt; y\n"


@pytest.mark.django_db
def test_a_section_for_customers_needs_a_feature() -> None:
    block = MembersOnlyBlock(content=ContentStream())
    content = [{"type": "text", "value": "<p>Hello</p>"}]

    with pytest.raises(ValidationError):
        block.clean(block.to_python({"audience": "plans", "feature": "", "content": content}))
    assert block.clean(block.to_python({"audience": "members", "feature": "", "content": content}))


@pytest.mark.django_db
def test_a_section_that_is_rendered_without_a_reading_stays_shut() -> None:
    block = MembersOnlyBlock(content=ContentStream())
    content = [{"type": "text", "value": "<p>Secret</p>"}]

    html = block.render(block.to_python({"audience": "members", "feature": "", "content": content}))

    assert "Secret" not in html


def test_a_field_in_a_migration_keeps_what_it_does_not_understand() -> None:
    field: Any = StreamField()
    stored = [{"type": "text", "value": "<p>Hello</p>", "id": "1"}]

    assert field.get_prep_value(field.to_python(stored)) == stored


def test_the_blocks_are_not_part_of_migrations() -> None:
    _name, path, args, kwargs = StreamField(MarketingStream(), blank=True).deconstruct()

    assert path == "home.fields.StreamField"
    assert args == []
    assert kwargs == {"blank": True}
