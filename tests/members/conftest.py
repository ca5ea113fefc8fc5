"""What every test about people starts from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def no_counted_tries() -> Iterator[None]:
    """Rate limits count in the cache; each test starts at zero and leaves nothing behind."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """A folder of this test's own for uploads."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": "/media/"},
        },
    }
    return tmp_path
