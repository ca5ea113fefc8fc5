"""What every page of the site has: a summary, a picture for sharing, and an audience."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import Page
from wagtail.search import index
from wagtail.utils.decorators import cached_classmethod

from home.gate.audience import Audience


class SitePage(Page):
    """One table under all page types: a single query finds the audiences of a page and its sections."""

    gated_fields: ClassVar[tuple[str, ...]] = ("body",)
    """The stream fields that the gate narrows to what a reader may see."""

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
    audience = models.CharField(
        "who can read this page",
        max_length=10,
        choices=Audience,
        default=Audience.INHERIT,
        help_text="Applies to the pages below this one too, unless they choose for themselves.",
    )
    audience_feature = models.ForeignKey(
        "billing.Feature",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "switch"},
        verbose_name="feature their plan must have",
        help_text="Only for “customers whose plan has a feature”.",
    )

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
            [FieldPanel("audience"), FieldPanel("audience_feature")],
            heading="Who can read this page",
            help_text="Title, summary and what stands above the preview divider stay public. "
            "Without a divider only the title and the summary do.",
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary")]

    class Meta:
        verbose_name = "page"

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

    def clean(self) -> None:
        """An audience of customers names the feature they need; no other audience does."""
        super().clean()
        if self.audience != Audience.PLANS:
            self.audience_feature = None
        elif self.audience_feature is None:
            raise ValidationError({"audience_feature": "Choose the feature that a reader's plan must have."})
