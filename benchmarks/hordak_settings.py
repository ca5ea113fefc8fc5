"""The site's settings with django-hordak beside it, for the process of the benchmark alone."""

from config.settings.test import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "mptt", "djmoney", "hordak"]  # noqa: F405
