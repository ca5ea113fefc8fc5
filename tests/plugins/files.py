"""Removes the files that the tests of one process stored."""

from shutil import rmtree

from django.conf import settings


def pytest_sessionfinish() -> None:
    """Every test process has a folder of its own (see the test settings)."""
    rmtree(settings.TEST_FILES, ignore_errors=True)
