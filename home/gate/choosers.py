"""Keeps unpublished pages out of the choosers of people who work in the admin, but on no page."""

from django.http import HttpRequest
from wagtail.models import PageQuerySet
from wagtail.permissions import page_permission_policy

from home.reports_menu import WORKS_ON_PAGES


def only_what_is_published(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """All pages for editors; for others, such as billing admins, those that everybody knows of."""
    works_on_pages = page_permission_policy.user_has_any_permission(request.user, WORKS_ON_PAGES)
    return pages if works_on_pages else pages.live()
