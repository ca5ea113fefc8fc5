"""The newest articles for feed readers: title and summary, never the text, whoever may read it."""

import re
from datetime import datetime, time

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.timezone import make_aware
from wagtail.models import Site

from home.navigation.links import site_settings
from home.pages.articles import ArticlePage
from home.search.queries import readable_pages

ARTICLES = 30
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class ArticleFeed(Feed[ArticlePage, HttpRequest]):
    """RSS. The object of the feed is the request, because a page's address depends on it."""

    feed_type: type[SyndicationFeed] = Rss201rev2Feed

    def get_object(self, request: HttpRequest) -> HttpRequest:
        """Remember who asks."""
        return request

    def title(self, obj: HttpRequest) -> str:
        """The name of the site."""
        return site_settings(obj).site_name

    def description(self, obj: HttpRequest) -> str:
        """What the site says of itself."""
        settings = site_settings(obj)
        return settings.footer_text or settings.tagline or settings.site_name

    subtitle = description

    def link(self, obj: HttpRequest) -> str:
        """The front page."""
        return "/"

    def items(self, obj: HttpRequest) -> QuerySet[ArticlePage]:
        """The newest published articles."""
        site = Site.find_for_request(obj)
        if site is None:
            raise Http404("No site answers at this address.")
        articles = readable_pages(site, ArticlePage).select_related("author")
        newest: QuerySet[ArticlePage] = articles.order_by("-date", "-pk")[:ARTICLES]
        return newest

    def item_title(self, item: ArticlePage) -> str:
        """The title, without what XML cannot hold."""
        return CONTROL_CHARACTERS.sub("", item.title)

    def item_description(self, item: ArticlePage) -> str:
        """The public summary."""
        return CONTROL_CHARACTERS.sub("", item.summary or item.search_description)

    def item_link(self, item: ArticlePage) -> str:
        """The article's page."""
        return item.get_full_url() or "/"

    def item_author_name(self, item: ArticlePage) -> str | None:
        """Who wrote it."""
        return item.author.name if item.author else None

    def item_pubdate(self, item: ArticlePage) -> datetime:
        """The day that the article shows."""
        return make_aware(datetime.combine(item.date, time.min))

    def item_updateddate(self, item: ArticlePage) -> datetime:
        """When it was last published."""
        return item.last_published_at or self.item_pubdate(item)


class AtomArticleFeed(ArticleFeed):
    """The same as Atom."""

    feed_type = Atom1Feed
