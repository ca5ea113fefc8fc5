"""What tests of pages share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits and site paths live in the cache, which outlasts a test's transaction."""
    cache.clear()
    yield
    cache.clear()
