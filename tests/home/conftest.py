"""What tests of pages share."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.utils import timezone

from home.gate.tally import tally
from home.page_cache.readers import readers
from home.page_cache.watch import watch


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits count per window of time; no test waits for the next one by accident."""
    monkeypatch.setattr("home.rate_limits.time", lambda: 1_800_000_000.0)


@pytest.fixture(autouse=True)
def nothing_is_written_down_by_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate's sums are written every few seconds: no test pays that query by accident, or leaves sums."""
    monkeypatch.setattr("home.gate.tally.WRITE_EVERY", float("inf"))
    tally._counted.clear()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits and site paths live in the cache, which outlasts a test's transaction."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def kept(transactional_db: None, settings: Any) -> Iterator[None]:
    """Pages are kept, and this process hears of changes."""
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    readers.clear()
    watch.stop()
    watch.wait_until_awake()
    yield
    watch.stop()
    readers.clear()
    caches["pages"].clear()


@pytest.fixture
def put_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Make it this moment in this process, until it is put to another."""

    def put(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        monkeypatch.setattr(time, "time", moment.timestamp)

    return put
