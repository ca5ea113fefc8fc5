"""Plain pages, and the page about the people behind the product."""

from django.db import models
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

from home.blocks.streams import MarketingStream
from home.fields import StreamField
from home.pages.base import SitePage


class StandardPage(SitePage):
    """A page of any kind: terms, a product tour, a landing page."""

    is_shareable = True

    body = StreamField(MarketingStream(), blank=True)

    template = "home/pages/standard.html"
    parent_page_types = ["home.HomePage", "home.AboutPage", "home.StandardPage"]
    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = "standard page"

    @property
    def opens_with_hero(self) -> bool:
        """The hero carries the page's heading, so that the template does not print another."""
        return next((block["type"] == "hero" for block in self.body.raw_data), False)


class PersonBlock(blocks.StructBlock):
    """Somebody of the team."""

    name = blocks.CharBlock(max_length=80)
    role = blocks.CharBlock(max_length=80, required=False)
    text = blocks.TextBlock(max_length=300, rows=2, required=False)
    photo = ImageChooserBlock(required=False)

    class Meta:
        icon = "user"


class AboutPage(SitePage):
    """Who we are."""

    is_shareable = True

    cover = models.ForeignKey(
        "files.CustomImage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    body = StreamField(MarketingStream(), blank=True)
    people = StreamField([("person", PersonBlock())], blank=True)

    template = "home/pages/about.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.StandardPage"]
    max_count_per_parent = 1
    content_panels = [
        *Page.content_panels,
        FieldPanel("cover"),
        FieldPanel("body"),
        FieldPanel("people"),
    ]

    class Meta:
        verbose_name = "about page"
