"""The test suite: like production, with fast password hashing and no secrets to set."""

import os
from pathlib import Path
from tempfile import gettempdir

from django.utils.crypto import get_random_string

from .base import *
from .base import MEDIA_URL, STORAGES, disk_storage

TEST_FILES = Path(gettempdir()) / f"quickscale-test-files-{os.getpid()}"

SECRET_KEY = get_random_string(50)
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["default"] = disk_storage(TEST_FILES / "media", MEDIA_URL)
STORAGES["private"] = disk_storage(TEST_FILES / "private", None)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STRIPE_SECRET_KEY = STRIPE_TEST_SECRET_KEY = "sk_test_" + "0" * 24
STRIPE_PUBLISHABLE_KEY = "pk_test_" + "0" * 24
PAGE_CACHE = False  # its own tests turn it on; every other asks what is so now
RECONCILE_CALLS_PER_SECOND = 10_000
RECONCILE_SETTLE_SECONDS = 0
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
