"""What a page shows when it is shared: title, description, picture and its one true address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static

from home.navigation.links import SiteSettings
from home.pages.articles import ArticlePage
from home.pages.base import SitePage

SOCIAL_SIZE = "fill-1200x630|format-jpeg"
DEFAULT_PICTURE = "img/social-card.png"


@dataclass(frozen=True, slots=True)
class Card:
    """One shared link; addresses are absolute."""

    title: str
    description: str
    url: str
    image_url: str
    image_alt: str
    kind: str = "website"
    published: datetime | None = None
    modified: datetime | None = None
    author: str = ""


def card_for(page: SitePage, request: HttpRequest, site: SiteSettings) -> Card:
    """The card of a page, from its public fields only."""
    image_url, image_alt = _picture(page, site)
    article = page if isinstance(page, ArticlePage) else None
    return Card(
        title=page.seo_title or page.title,
        description=page.search_description or page.summary,
        url=canonical_url(page, request),
        image_url=image_url,
        image_alt=image_alt,
        kind="article" if article else "website",
        published=page.first_published_at if article else None,
        modified=page.last_published_at if article else None,
        author=article.author.name if article and article.author else "",
    )


def canonical_url(page: SitePage, request: HttpRequest) -> str:
    """The page's own address; of a list also which part of it, and nothing else that was asked for."""
    url: str = page.get_full_url(request) or ""
    part = request.GET.get("page", "")
    return f"{url}?page={part}" if part.isascii() and part.isdigit() and part not in ("0", "1") else url


def default_picture_url() -> str:
    """The picture of pages without one, on a site without a default of its own."""
    return f"{settings.SITE_URL}{static(DEFAULT_PICTURE)}"


def _picture(page: SitePage, site: SiteSettings) -> tuple[str, str]:
    image: Any = page.social_image or getattr(page, "cover", None) or site.social_image
    if image is None:
        return default_picture_url(), site.site_name
    return image.get_rendition(SOCIAL_SIZE).full_url, image.default_alt_text
