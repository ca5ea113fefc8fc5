"""A developer's machine: everything runs here, with what ``make run`` wrote to ``.local/env``."""

import os
from pathlib import Path

from environ import Env

# Before ``base`` is read, since it takes its values from the environment; what is set there already wins.
_env_file = Path(os.environ.get("QUICKSCALE_LOCAL_DIR") or Path(__file__).parents[3] / ".local") / "env"
if _env_file.exists():
    Env.read_env(_env_file)

from .base import *  # noqa: E402
from .base import ACCOUNT_RATE_LIMITS, CONTENT_SECURITY_POLICY, STORAGES, STRIPE_API_BASE, env  # noqa: E402

DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

SANDBOX_URL = STRIPE_API_BASE
MAILBOX_URL = env("MAILBOX_URL", default="")
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_API_BASE or "'self'")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Everybody who tries the site here comes from one address; what is counted by account stays as it is.
ACCOUNT_RATE_LIMITS |= {"signup": "200/m/ip", "login": "300/m/ip"}
