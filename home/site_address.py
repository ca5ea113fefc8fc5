"""Keeps Wagtail's default site at the address in the settings, where its absolute links come from."""

from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site

HTTPS_PORT = 443
HTTP_PORT = 80


def ensure_site(front: Page | None = None) -> Site:
    """The default site, at ``SITE_URL``; with ``front``, opened by it, and Wagtail's welcome page gone."""
    address = urlsplit(settings.SITE_URL)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, root_page=front)
    welcome = site.root_page if site.pk else None
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (HTTPS_PORT if address.scheme == "https" else HTTP_PORT)
    site.root_page = front or site.root_page
    site.site_name = site.site_name or settings.WAGTAIL_SITE_NAME
    site.save()
    if front is not None and welcome is not None and _is_welcome_page(welcome):
        welcome.delete()
    return site


def _is_welcome_page(page: Page) -> bool:
    return page.specific_class is Page and page.is_leaf()
