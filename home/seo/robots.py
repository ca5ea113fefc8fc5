"""``/robots.txt``: what crawlers need not visit, and where the map of the site is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

CLOSED = (
    "/accounts/",
    "/admin/",
    "/billing/",
    "/dashboard/",
    "/django-admin/",
    "/files/",
    "/search/",
    "/stripe/",
)


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Plain text; closing an address here hides nothing, it only saves crawlers the way."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('home:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
