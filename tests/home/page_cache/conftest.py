"""A site whose pages are kept, on a database that commits: what is told of a change is told at the commit."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from home.gate.audience import Audience
from home.page_cache.watch import GENERATION, watch
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticlePageFactory, stream

OPEN, SECRET = "Everybody reads this.", "Only some read this."
FEATURE = "premium"
PATIENCE = 60  # seconds


@pytest.fixture
def article(kept: None) -> Any:
    """An article whose second half is for plans with the feature."""
    body = stream(("text", f"<p>{OPEN}</p>"), ("preview_divider", None), ("text", f"<p>{SECRET}</p>"))
    page = ArticlePageFactory(
        body=body, audience=Audience.PLANS, audience_feature=FeatureFactory(key=FEATURE)
    )
    settle()
    return page


@pytest.fixture
def browsing() -> Callable[..., Client]:
    """A browsing, of somebody who signed in or of a visitor."""

    def open_one(person: Any = None) -> Client:
        client = Client()
        if person:
            client.force_login(person)
        return client

    return open_one


def costs(client: Client, path: str, **more: Any) -> bool:
    """Whether every look at an address costs a query, after three that warm it up.

    Not by one look alone: a process that was kept from hearing for a moment asks the database.
    """
    for _ in range(3):
        client.get(path, **more)
    return all(queries_for(client, path, **more) for _ in range(5))


def queries_for(client: Client, path: str, **more: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(path, **more)
    return len(asked)


def settle() -> None:
    """Wait until this process has heard of what was committed, however busy the machine is."""
    sleep(0.05)
    watch.wait_until_awake(PATIENCE)
    until = monotonic() + PATIENCE
    while watch.mark() is None or watch.mark().generation != stored_generation():
        assert monotonic() < until, "This process did not hear of the last change."
        sleep(0.01)


def stored_generation() -> str:
    with connection.cursor() as cursor:
        cursor.execute(GENERATION)
        row = cursor.fetchone()
    return str(row[0]) if row else "none"
