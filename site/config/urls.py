"""Every address of the site; Wagtail's pages answer whatever is left."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from billing.webhooks.thin_views import ThinEventView
from billing.webhooks.views import WebhookView
from config import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("members.admin_urls")),
    path("django-admin/", admin.site.urls),
    path("admin/", include(wagtailadmin_urls)),
    path("", include("files.urls")),
    path("documents/", include(wagtaildocs_urls)),
    path("accounts/", include("allauth.urls")),
    path("stripe/webhook/<uuid:uuid>/", WebhookView.as_view(), name="stripe_webhook"),
    path("stripe/events/<uuid:uuid>/", ThinEventView.as_view(), name="stripe_events"),
    path("stripe/", include("djstripe.urls", namespace="djstripe")),
    path("", include("members.urls")),
    path("", include("billing.urls")),
    path("", include("home.urls")),
    path("", include(wagtail_urls)),
]

if settings.DEBUG:
    urlpatterns = static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT) + urlpatterns
