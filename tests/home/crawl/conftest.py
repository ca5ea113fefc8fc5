"""The planted site on a database that commits, with pages kept."""

import pytest

from tests.home.crawl.crawling import Crawl
from tests.home.crawl.planting import plant_site
from tests.home.page_cache.conftest import settle


@pytest.fixture
def crawl(kept: None) -> Crawl:
    """A site with a word behind every gate, which nobody has looked at yet."""
    plant_site()
    settle()
    return Crawl()
