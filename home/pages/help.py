"""Help: an index, and pages that each answer one question for one kind of reader."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from home.blocks.streams import ReadingStream
from home.fields import StreamField
from home.gate.lists import mark_locked
from home.pages.base import SitePage


class HelpIndexPage(SitePage):
    """The way into help, sorted by who is reading."""

    is_shareable = True

    introduction = models.TextField(max_length=400, blank=True)

    gated_fields: ClassVar[tuple[str, ...]] = ()
    template = "home/pages/help_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.HelpPage"]
    max_count_per_parent = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = "help index"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the published help pages by who they are written for."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, "topics": topics(self, request)}


class HelpPage(SitePage):
    """One answer."""

    is_shareable = True

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
    shows_breadcrumbs = True
    search_fields = [*SitePage.search_fields, index.FilterField("written_for")]

    class Meta:
        verbose_name = "help page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the other help pages, for the list beside this one."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, "topics": topics(self.get_parent(), request)}


def topics(index_page: Page, request: HttpRequest) -> list[tuple[str, list[HelpPage]]]:
    """The help pages that anybody may find, in the editors' order, by the label of who they are for."""
    found = HelpPage.objects.child_of(index_page).live().public().defer("body").order_by("path")
    pages = mark_locked(found, request.user)
    grouped = [(label, [page for page in pages if page.written_for == kind]) for kind, label in _READERS]
    return [(label, group) for label, group in grouped if group]


_READERS = HelpPage.WrittenFor.choices
