"""Puts a page where it belongs, once: what an editor changed since then stays changed."""

from datetime import datetime
from typing import TypeVar

from django.utils import timezone
from wagtail.models import Page

SomePage = TypeVar("SomePage", bound=Page)


def ensure_page(parent: Page, page: SomePage, *, published_at: datetime | None = None) -> SomePage:
    """The child of ``parent`` with the slug of ``page``; made and published if there is none yet."""
    found: SomePage | None = type(page).objects.child_of(parent).filter(slug=page.slug).first()
    if found is not None:
        return found
    page.first_published_at = page.last_published_at = published_at or timezone.now()
    parent.add_child(instance=page)
    return page
