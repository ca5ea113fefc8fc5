"""A public site: refuses to start without its secrets, and says which are missing."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *
from .base import SITE_URL, env

REQUIRED = (
    "SECRET_KEY",
    "DATABASE_URL",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
)
if missing := [name for name in REQUIRED if not os.environ.get(name)]:
    raise ImproperlyConfigured(
        f"Set {', '.join(missing)} in the environment: production does not start without."
    )

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=SITE_URL.startswith("https"))
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# Wagtail's admin shows previews of the site in a frame, so X_FRAME_OPTIONS stays SAMEORIGIN.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
REQUIRE_ADMIN_MFA = env.bool("REQUIRE_ADMIN_MFA", default=True)
