"""Which blocks each type of page offers, grouped as editors see them."""

from typing import Any

from wagtail import blocks

from home.blocks.gated import MembersOnlyBlock, PreviewDividerBlock
from home.blocks.guidance import FaqBlock, StepsBlock
from home.blocks.marketing import (
    CallToActionBlock,
    FeatureGridBlock,
    HeroBlock,
    PictureAndTextBlock,
    TestimonialsBlock,
)
from home.blocks.media import FigureBlock, PlayerBlock
from home.blocks.plans import PricingTableBlock
from home.blocks.text import CodeBlock, TextBlock

TEXT = "Text"
MEDIA = "Pictures and video"
PRODUCT = "Product"
ACCESS = "Access"


class ContentStream(blocks.StreamBlock):
    """What every page can hold, and what a members-only section can."""

    text = TextBlock(group=TEXT)
    steps = StepsBlock(group=TEXT)
    faq = FaqBlock(group=TEXT)
    code = CodeBlock(group=TEXT)
    image = FigureBlock(group=MEDIA)
    video = PlayerBlock(group=MEDIA)
    call_to_action = CallToActionBlock(group=PRODUCT)


class ReadingStream(ContentStream):
    """The body of an article or a help page: content, and who may read which part of it."""

    members_only = MembersOnlyBlock(content=ContentStream(), group=ACCESS)
    preview_divider = PreviewDividerBlock(group=ACCESS)

    class Meta:
        block_counts: dict[str, Any] = {"preview_divider": {"max_num": 1}}


class MarketingStream(ReadingStream):
    """The body of a page that presents the product."""

    hero = HeroBlock(group=PRODUCT)
    feature_grid = FeatureGridBlock(group=PRODUCT)
    picture_and_text = PictureAndTextBlock(group=PRODUCT)
    testimonials = TestimonialsBlock(group=PRODUCT)
    pricing_table = PricingTableBlock(group=PRODUCT)


class OpenStream(ContentStream):
    """The body of a page that is always open to everyone: the front page and the prices."""

    hero = HeroBlock(group=PRODUCT)
    feature_grid = FeatureGridBlock(group=PRODUCT)
    picture_and_text = PictureAndTextBlock(group=PRODUCT)
    testimonials = TestimonialsBlock(group=PRODUCT)
    pricing_table = PricingTableBlock(group=PRODUCT)
    members_only = MembersOnlyBlock(content=ContentStream(), group=ACCESS)
