"""Files that machines ask for by a fixed address: ``/robots.txt`` and ``/favicon.ico``."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
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


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where the icon is, for whoever asks without reading a page first."""
    return HttpResponseRedirect(static("img/favicon-32.png"))
