"""What every page of the site has: a summary, a picture for sharing, and a gate."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import Page
from wagtail.search import index
from wagtail.utils.decorators import cached_classmethod

from home.gate.pages import GatedPage
from home.gate.sections import sections_of


class SitePage(GatedPage):
    """One table under all page types: a single query finds the audiences of a page and its sections."""

    summary = models.TextField(
        max_length=300,
        blank=True,
        help_text="One or two sentences for lists, search results and shared links. Always public.",
    )
    social_image = models.ForeignKey(
        "files.CustomImage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown when somebody shares this page. Best 1200 by 630 pixels. Always public.",
    )

    shows_breadcrumbs: ClassVar[bool] = False
    is_shareable: ClassVar[bool] = False
    """Whether the page looks the same to all readers whom the gate gives the same answers."""
    is_creatable = False
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("summary"),
                FieldPanel("social_image"),
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
            ],
            heading="In lists, search engines and shared links",
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], heading="On this site"),
    ]
    access_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("audience_feature"), FieldPanel("audience_credits")],
            heading="Who can read this page",
            help_text="Title, summary and what stands above the preview divider stay public. "
            "Without a divider only the title and the summary do. Within a quota each page counts once; "
            "a section's own page, which only lists others, never counts.",
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("public_words")]

    class Meta:
        verbose_name = "page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add where the page stands: the pages above it as links, and itself."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, "breadcrumbs": self._breadcrumbs(request) if self.shows_breadcrumbs else []}

    @property
    def trail(self) -> list[Page]:
        """The published pages above this one, the front page first. No query once the page is narrowed."""
        sections = self.reading.sections if self.reading else sections_of(self)
        return [section for section in sections if section.live and section.pk != self.pk]

    def _breadcrumbs(self, request: HttpRequest) -> list[dict[str, str]]:
        links = [{"label": page.title, "url": page.get_url(request) or ""} for page in self.trail]
        return [*links, {"label": self.title, "url": ""}]

    @cached_classmethod
    def get_edit_handler(cls) -> Any:  # noqa: N805 - a class method, as Wagtail's own
        """Wagtail's tabs with one for access beside the content."""
        tabs = [
            ObjectList(cls.content_panels, heading="Content"),
            ObjectList(cls.access_panels, heading="Access"),
            ObjectList(cls.promote_panels, heading="Promote"),
            ObjectList(cls.settings_panels, heading="Settings"),
        ]
        shown = [tab for tab in tabs if tab.children]
        return TabbedInterface(shown, base_form_class=cls.base_form_class).bind_to_model(cls)
