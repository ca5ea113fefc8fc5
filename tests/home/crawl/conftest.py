"""The planted site on a database that commits, with pages kept, and a clock that a test puts forward."""

import time
from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from tests.home.crawl.crawling import Crawl
from tests.home.crawl.planting import plant_site
from tests.home.page_cache.conftest import settle


@pytest.fixture
def crawl(kept: None) -> Crawl:
    """A site with a word behind every gate, which nobody has looked at yet."""
    plant_site()
    settle()
    return Crawl()


@pytest.fixture
def put_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Make it this moment in this process, until it is put to another."""

    def put(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        monkeypatch.setattr(time, "time", moment.timestamp)

    return put
