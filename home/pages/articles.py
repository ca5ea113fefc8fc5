"""Articles, the sections they stand in, and who writes them."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from home.blocks.streams import ReadingStream
from home.fields import StreamField
from home.gate.lists import mark_locked
from home.gate.streams import words
from home.pages.base import SitePage

WORDS_PER_MINUTE = 220
ARTICLES_PER_PAGE = 13


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

    is_shareable = True

    introduction = models.TextField(max_length=400, blank=True)

    gated_fields: ClassVar[tuple[str, ...]] = ()
    template = "home/pages/article_index.html"
    parent_page_types = ["home.HomePage", "home.ArticleIndexPage"]
    subpage_types = ["home.ArticlePage", "home.ArticleIndexPage"]
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    shows_breadcrumbs = True

    class Meta:
        verbose_name = "article section"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the articles in this section and the sections inside it, newest first."""
        context = super().get_context(request, *args, **kwargs)
        page = Paginator(listed_articles(self), ARTICLES_PER_PAGE).get_page(request.GET.get("page"))
        page.object_list = mark_locked(page.object_list, request.user)
        for article in page.object_list:
            article.leads = page.number == 1 and article == page.object_list[0]
        sections = ArticleIndexPage.objects.child_of(self).live().public().order_by("path")
        return {**context, "articles": page, "sections": sections}


class ArticlePage(SitePage):
    """An article: title, summary and what stands above the divider are public, the rest may not be."""

    is_shareable = True

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
    shows_breadcrumbs = True
    search_fields = [*SitePage.search_fields, index.FilterField("date")]

    class Meta:
        verbose_name = "article"

    @property
    def can_be_ordered(self) -> bool:
        """Whether this site makes reports of its articles; what one takes is told where it is ordered."""
        return "article_reports" in settings.BILLING_FEATURES

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Keep the reading time with the article, so that lists need not load its body."""
        self.reading_minutes = max(1, round(len(words(self.body).split()) / WORDS_PER_MINUTE))
        super().full_clean(*args, **kwargs)


def listed_articles(section: Page) -> QuerySet[ArticlePage]:
    """What lists may show of the articles in a section, newest first: all but the body."""
    found: QuerySet[ArticlePage] = (
        ArticlePage.objects.descendant_of(section)
        .live()
        .public()
        .defer("body")
        .select_related("author", "cover")
        .prefetch_related("cover__renditions")
        .order_by("-date", "-pk")
    )
    return found
