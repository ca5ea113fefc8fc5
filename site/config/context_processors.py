"""What every template may say about the site it is rendered on."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    """The site's name and address, and where the local stand-ins answer (empty in production)."""
    return {
        "SITE_NAME": settings.WAGTAIL_SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "MAILBOX_URL": getattr(settings, "MAILBOX_URL", ""),
        "SANDBOX_URL": getattr(settings, "SANDBOX_URL", ""),
    }
