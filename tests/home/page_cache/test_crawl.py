"""A word behind every gate, looked for by every kind of reader, whoever filled the cache before."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from billing.entitlements.services import grant_feature, switch_feature
from billing.models import Feature, FeatureGrant
from home.gate.audience import Audience
from home.page_cache.readers import readers
from tests.factories.billing import FeatureFactory
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    HelpPageFactory,
    StandardPageFactory,
    stream,
)
from tests.factories.members import PersonFactory
from tests.home.page_cache.conftest import FEATURE, settle
from tests.home.readers import customer_with, lapse

SECONDS_OF_A_GRANT = 20  # more than two looks at every page take on a busy machine
SENTINEL = "xylophonequartz"
QUERIES = ("", "?page=1", "?preview=1")
ADDRESSES = ("/", "/feed/", "/feed/atom/", "/sitemap.xml", "/search/?q=happens", "/help/")


@pytest.fixture
def planted(kept: None) -> list[Any]:
    """Pages of each kind with the word behind a plan's feature, one by a section, one in a part of a page."""
    feature = FeatureFactory(key=FEATURE)
    secret = stream(("preview_divider", None), ("text", f"<p>Then {SENTINEL} happens.</p>"))
    gate = {"audience": Audience.PLANS, "audience_feature": feature}
    section = ArticleIndexPageFactory(**gate)
    hidden = {"type": "text", "value": f"<p>{SENTINEL}</p>", "id": "a"}
    part = {"audience": "plans", "feature": FEATURE, "content": [hidden]}
    pages = [
        ArticlePageFactory(body=secret, **gate),
        ArticlePageFactory(body=secret, parent=section),
        HelpPageFactory(body=secret, **gate),
        StandardPageFactory(body=secret, **gate),
        StandardPageFactory(body=stream(("members_only", part))),
    ]
    settle()
    return pages


def everywhere(client: Client, pages: list[Any]) -> Iterator[str]:
    """Each address at which the reader finds the word."""
    for path in [*(page.url + query for page in pages for query in QUERIES), *ADDRESSES]:
        if SENTINEL in client.get(path).content.decode(errors="replace"):
            yield path


@pytest.mark.parametrize("first", ["holder", "visitor"])
def test_the_word_is_where_the_plan_allows_it_and_nowhere_else(
    planted: list[Any], browsing: Callable[..., Client], first: str
) -> None:
    lapsed = customer_with(FEATURE, plan="Old")
    lapse(lapsed)
    people = {
        "holder": customer_with(FEATURE),
        "lapsed": lapsed,
        "other": customer_with("unrelated", plan="Other"),
        "member": PersonFactory(),
        "visitor": None,
    }
    settle()
    caches["pages"].clear()
    readers.clear()
    clients = {who: browsing(person) for who, person in people.items()}
    for _ in range(3):
        list(everywhere(clients[first], planted))
    for _ in range(2):
        for who, client in clients.items():
            found = set(everywhere(client, planted))
            assert found >= ({page.url for page in planted} if who == "holder" else set())
            assert who == "holder" or found == set()


def cancel(person: Any) -> None:
    lapse(person)


def switch_off(person: Any) -> None:
    switch_feature(feature=Feature.objects.get(key=FEATURE), opening=Feature.Opening.NOBODY)


def let_grant_end(person: Any) -> None:
    """The grant was given for some seconds; nobody is told when they are over."""
    ends = FeatureGrant.objects.get(customer__user=person).ends_at
    assert ends is not None
    sleep(max(0.0, (ends - timezone.now()).total_seconds()) + 0.05)


def granted() -> Any:
    person = PersonFactory()
    ends = timezone.now() + timedelta(seconds=SECONDS_OF_A_GRANT)
    feature = Feature.objects.get(key=FEATURE)
    grant_feature(user=person, feature=feature, value=None, ends_at=ends, reason="A try")
    return person


ENDS: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
    "the plan is cancelled": (lambda: customer_with(FEATURE), cancel),
    "the feature is switched off": (lambda: customer_with(FEATURE), switch_off),
    "the grant ends": (granted, let_grant_end),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_what_is_kept_of_somebody_is_nobodys_once_their_right_ended(
    planted: list[Any], browsing: Callable[..., Client], end: str
) -> None:
    make, happen = ENDS[end]
    person = make()
    settle()
    holder = browsing(person)
    for _ in range(2):
        assert set(everywhere(holder, planted)) >= {page.url for page in planted}

    happen(person)
    settle()

    for reader in (holder, browsing(), browsing(PersonFactory()), holder):
        assert set(everywhere(reader, planted)) == set()
