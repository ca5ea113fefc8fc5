"""Articles, the sections they stand in, and who writes them."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from home.blocks.streams import ReadingStream
from home.fields import StreamField
from home.gate.preview import stream_text
from home.pages.base import SitePage

WORDS_PER_MINUTE = 220


@register_snippet
class Author(models.Model):
    """Somebody who writes articles; they need no account here."""

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=80, blank=True)
    photo = models.ForeignKey(
        "files.CustomImage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    panels = [FieldPanel("name"), FieldPanel("role"), FieldPanel("photo")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ArticleIndexPage(SitePage):
    """A section of articles; a section inside it can have an audience of its own."""

    introduction = models.TextField(max_length=400, blank=True)

    gated_fields: ClassVar[tuple[str, ...]] = ()
    template = "home/pages/article_index.html"
    parent_page_types = ["home.HomePage", "home.ArticleIndexPage"]
    subpage_types = ["home.ArticlePage", "home.ArticleIndexPage"]
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = "article section"


class ArticlePage(SitePage):
    """An article: title, summary and what stands above the divider are public, the rest may not be."""

    cover = models.ForeignKey(
        "files.CustomImage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown above the article and in lists. Always public.",
    )
    author = models.ForeignKey(
        Author, on_delete=models.SET_NULL, null=True, blank=True, related_name="articles"
    )
    date = models.DateField(
        default=timezone.localdate, help_text="The day readers see. It does not schedule anything."
    )
    body = StreamField(ReadingStream(), blank=True)
    reading_minutes = models.PositiveSmallIntegerField(default=1, editable=False)

    template = "home/pages/article.html"
    parent_page_types = ["home.ArticleIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("cover"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("author"), FieldPanel("date")])], heading="Byline"),
        FieldPanel("body"),
    ]
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("social_image"),
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
            ],
            heading="In search engines and shared links",
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], heading="On this site"),
    ]
    search_fields = [*SitePage.search_fields, index.FilterField("date")]

    class Meta:
        verbose_name = "article"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Keep the reading time with the article, so that lists need not load its body."""
        words = len(stream_text(self.body).split())
        self.reading_minutes = max(1, round(words / WORDS_PER_MINUTE))
        super().full_clean(*args, **kwargs)
