"""The settings of the tests, with the peers that are Django apps."""

from config.settings.test import *
from config.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "waffle"]
