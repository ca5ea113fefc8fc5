"""Gives every template ``site_settings``, without a query until one of its parts is printed."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from home.navigation.links import site_settings


def navigation(request: HttpRequest) -> dict[str, object]:
    """The context processor that header, footer and social cards rely on."""
    return {"site_settings": SimpleLazyObject(lambda: site_settings(request))}
