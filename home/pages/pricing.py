"""The page that compares the plans."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from billing import api as billing
from home.blocks.guidance import QuestionBlock
from home.blocks.streams import OpenStream
from home.fields import StreamField
from home.pages.base import SitePage


class PricingPage(SitePage):
    """The plans on sale, with an editor's words around them. Always open to everyone."""

    introduction = models.TextField(max_length=400, blank=True, help_text="Stands above the plans.")
    body = StreamField(OpenStream(), blank=True, help_text="Stands below the plans.")
    questions = StreamField([("question", QuestionBlock())], blank=True)

    template = "home/pages/pricing.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
        FieldPanel("questions"),
    ]
    access_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = "pricing page"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let Stripe's own table run on this page, for whom there is one."""
        response = super().serve(request, *args, **kwargs)
        billing.allow_stripes_table(request, response)
        return response

    @property
    def question_values(self) -> list[Any]:
        """Questions and answers as the list component takes them."""
        return [block.value for block in self.questions]
