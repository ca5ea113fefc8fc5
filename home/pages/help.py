"""Help: an index, and pages that each answer one question for one kind of reader."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from home.blocks.streams import ReadingStream
from home.fields import StreamField
from home.pages.base import SitePage


class HelpIndexPage(SitePage):
    """The way into help, sorted by who is reading."""

    introduction = models.TextField(max_length=400, blank=True)

    gated_fields: ClassVar[tuple[str, ...]] = ()
    template = "home/pages/help_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.HelpPage"]
    max_count_per_parent = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = "help index"


class HelpPage(SitePage):
    """One answer."""

    class WrittenFor(models.TextChoices):
        CUSTOMER = "customer", "Customers"
        EDITOR = "editor", "Editors"
        ADMIN = "admin", "Admins"

    written_for = models.CharField(
        max_length=10,
        choices=WrittenFor,
        default=WrittenFor.CUSTOMER,
        help_text="Which part of the help index lists this page. Everyone can still read it.",
    )
    body = StreamField(ReadingStream(), blank=True)

    template = "home/pages/help.html"
    parent_page_types = ["home.HelpIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels = [*Page.content_panels, FieldPanel("written_for"), FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.FilterField("written_for")]

    class Meta:
        verbose_name = "help page"
