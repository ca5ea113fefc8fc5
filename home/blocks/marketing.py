"""Blocks that present the product."""

from wagtail import blocks
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

from home.blocks.links import LinkBlock

ICONS = [
    (name, name.replace("-", " ").capitalize())
    for name in (
        "badge-check", "bell", "book-open", "box", "briefcase", "calendar", "chart-line", "clock", "code",
        "coins", "compass", "credit-card", "database", "eye", "file-text", "folder", "gauge", "gift",
        "globe", "heart", "image", "key-round", "layers", "life-buoy",
    )
]  # fmt: skip

LOOKS = [("chart", "On a chart"), ("deep", "On a dark chart")]


class HeroBlock(blocks.StructBlock):
    """The first thing a visitor sees."""

    eyebrow = blocks.CharBlock(max_length=60, required=False, help_text="A few words above the heading.")
    heading = blocks.CharBlock(max_length=120)
    text = blocks.TextBlock(max_length=400, rows=3, required=False)
    look = blocks.ChoiceBlock(choices=LOOKS, required=False, search_index=False)
    primary = LinkBlock(required=False, label="Main button")
    secondary = LinkBlock(required=False, label="Second button")
    image = ImageBlock(required=False)

    class Meta:
        icon = "home"
        template = "home/blocks/hero.html"
        description = "A large heading with one or two buttons and a picture. Use it once, at the top."
        preview_value = {
            "eyebrow": "For growing teams",
            "heading": "Say what you do in one line",
            "text": "Then one or two sentences on who it is for and what gets better.",
            "primary": {"label": "Start free", "address": "/pricing/"},
            "secondary": {"label": "See how it works", "address": "/help/"},
        }


class FeatureItemBlock(blocks.StructBlock):
    """One thing the product does."""

    icon = blocks.ChoiceBlock(choices=ICONS, default="badge-check", search_index=False)
    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, rows=2)
    link = LinkBlock(required=False)

    class Meta:
        icon = "tick"


class FeatureGridBlock(blocks.StructBlock):
    """What the product does, side by side."""

    heading = blocks.CharBlock(max_length=120, required=False)
    text = blocks.TextBlock(max_length=300, rows=2, required=False)
    items = blocks.ListBlock(FeatureItemBlock(), min_num=2, max_num=12)

    class Meta:
        icon = "grip"
        template = "home/blocks/feature_grid.html"
        description = "Two to twelve things the product does, each with an icon."
        preview_value = {
            "heading": "Everything in one place",
            "items": [
                {"icon": "clock", "title": "Quick to start", "text": "Up and running in an afternoon."},
                {"icon": "key-round", "title": "Private by default", "text": "You decide who reads what."},
                {"icon": "chart-line", "title": "Grows with you", "text": "Change plans whenever you like."},
            ],
        }


class PictureAndTextBlock(blocks.StructBlock):
    """One part of the product, shown and told."""

    heading = blocks.CharBlock(max_length=120)
    text = blocks.TextBlock(max_length=500, rows=4)
    link = LinkBlock(required=False)
    image = ImageBlock(help_text="Say what it shows, for readers who cannot see it.")
    side = blocks.ChoiceBlock(
        choices=[("left", "Picture on the left"), ("right", "Picture on the right")],
        default="left",
        search_index=False,
        help_text="Take turns from one to the next. On narrow screens the picture stands on top.",
    )

    class Meta:
        icon = "image"
        label = "Picture and text"
        template = "home/blocks/picture_and_text.html"
        preview_template = "home/previews/picture_and_text.html"
        description = "A picture beside a heading and a few sentences: one part of the product."


class TestimonialBlock(blocks.StructBlock):
    """What one customer says."""

    quote = blocks.TextBlock(max_length=400, rows=3)
    name = blocks.CharBlock(max_length=80)
    role = blocks.CharBlock(max_length=120, required=False, help_text="What they do, and where.")
    photo = ImageChooserBlock(required=False)

    class Meta:
        icon = "openquote"


class TestimonialsBlock(blocks.StructBlock):
    """What customers say."""

    heading = blocks.CharBlock(max_length=120, required=False)
    items = blocks.ListBlock(TestimonialBlock(), min_num=1, max_num=6)

    class Meta:
        icon = "openquote"
        template = "home/blocks/testimonials.html"
        description = "What one to six customers say, in their own words."
        preview_value = {
            "heading": "What customers say",
            "items": [{"quote": "It simply works.", "name": "Ada Quinn", "role": "Founder, Fernhill"}],
        }


class CallToActionBlock(blocks.StructBlock):
    """The next step, offered plainly."""

    heading = blocks.CharBlock(max_length=120)
    text = blocks.TextBlock(max_length=300, rows=2, required=False)
    primary = LinkBlock(label="Main button")
    secondary = LinkBlock(required=False, label="Second button")

    class Meta:
        icon = "pick"
        template = "home/blocks/call_to_action.html"
        description = "A band with a heading and a button: what should the reader do next?"
        preview_value = {
            "heading": "Ready when you are",
            "text": "Free for fourteen days, no card needed.",
            "primary": {"label": "See plans", "address": "/pricing/"},
        }
