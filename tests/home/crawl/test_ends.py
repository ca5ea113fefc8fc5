"""The same crawl before and after a right ends: nobody finds what was kept of them while they had it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.entitlements.services import grant_feature, switch_feature
from billing.models import Feature
from tests.home.crawl import people
from tests.home.crawl.crawling import Crawl
from tests.home.crawl.planting import WORDS
from tests.home.page_cache.conftest import settle
from tests.home.readers import lapse


def test_each_word_is_where_the_plan_allows_it_before_and_after_the_right_to_it_ends(
    crawl: Crawl, put_clock: Callable[[datetime], None]
) -> None:
    person, premium = people.subscriber("cutter"), Feature.objects.get(key="premium")
    reader, other, outsiders = people.signed_in(person), people.customer_of_cutter(), [people.member()]
    visitor = people.visitor()
    settle()
    assert crawl.finds(visitor) == crawl.allows(people.VISITOR)
    assert crawl.finds(reader) == crawl.allows(people.HOLDER)

    fill(crawl, reader, other)
    switch_feature(feature=premium, opening=Feature.Opening.NOBODY)
    settle()
    assert crawl.finds(reader) == crawl.allows(people.HOLDER - {"premium"})
    assert not any(opened(crawl, one) for one in (other, visitor, *outsiders))

    switch_feature(feature=premium, opening=Feature.Opening.ALL)
    settle()
    fill(crawl, reader, other)
    lapse(person)
    settle()
    assert crawl.finds(reader) == crawl.allows(people.MEMBER)
    assert_only_the_other_reads_on(crawl, other, visitor, *outsiders)

    ends_at = timezone.now() + timedelta(hours=1)
    grant_feature(user=person, feature=premium, value=None, ends_at=ends_at, reason="A try")
    settle()
    put_clock(ends_at - timedelta(seconds=1))
    fill(crawl, reader, other)
    put_clock(ends_at)
    assert crawl.finds(reader) == crawl.allows(people.MEMBER)
    assert_only_the_other_reads_on(crawl, other, visitor, *outsiders)


def opened(crawl: Crawl, client: Client) -> set[str]:
    """The pages behind the plan that tell this reader their word."""
    word = WORDS["premium"].encode()
    return {page for page in crawl.pages_of("premium") if word in client.get(page).content}


def fill(crawl: Crawl, *clients: Client) -> None:
    """Have all pages behind the plan kept, and the readers known: sooner or later they ask for no query."""
    for client in clients:
        assert opened(crawl, client) == set(crawl.pages_of("premium"))
        assert any(not queries_for(crawl, client) for _ in range(5))


def queries_for(crawl: Crawl, client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        opened(crawl, client)
    return len(asked)


def assert_only_the_other_reads_on(crawl: Crawl, other: Client, *outsiders: Client) -> None:
    """What the two readers shared is still kept for the one who has the plan."""
    fill(crawl, other)
    assert not any(opened(crawl, one) for one in outsiders)
