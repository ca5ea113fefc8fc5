"""A developer's machine: everything runs here, with what ``make run`` wrote to ``.local/env``."""

from .base import LOCAL_DIR, env

if (LOCAL_DIR / "env").exists():
    env.read_env(LOCAL_DIR / "env")

from .base import *
from .base import CONTENT_SECURITY_POLICY, STORAGES, STRIPE_API_BASE

DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

SANDBOX_URL = STRIPE_API_BASE
MAILBOX_URL = env("MAILBOX_URL", default="")
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_API_BASE or "'self'")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
