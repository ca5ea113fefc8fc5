"""The front page."""

from typing import Any, ClassVar

from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from home.blocks.streams import OpenStream
from home.fields import StreamField
from home.pages.base import SitePage


class HomePage(SitePage):
    """What a visitor sees first; everything else stands below it. Always open to everyone."""

    is_shareable = True

    body = StreamField(OpenStream(), blank=True)

    template = "home/pages/home.html"
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("body")]
    access_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = "front page"

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find a page in two queries however deep it stands, in place of two for every level above it."""
        below = self.get_descendants().filter(url_path=f"{self.url_path}{'/'.join(path_components)}/")
        page = below.first() if path_components else None
        return page.specific.route(request, []) if page else super().route(request, path_components)
