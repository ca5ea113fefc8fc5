"""Whoever fills the cache, nobody reads what is not theirs, and nobody misses what is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from billing.entitlements.services import grant_feature, switch_feature
from billing.models import Feature, Subscription
from home.gate.audience import Audience
from home.page_cache.watch import watch
from tests.factories.billing import PriceFactory, SubscriptionFactory
from tests.factories.home import StandardPageFactory, stream
from tests.factories.members import PersonFactory
from tests.home.page_cache.conftest import FEATURE, OPEN, SECRET, costs, queries_for, settle
from tests.home.readers import customer_with, lapse

Browsing = Callable[..., Client]


def reads(client: Client, page: Any) -> bool:
    """Whether the second half is there; the first always is."""
    text = client.get(page.url).content.decode()
    assert OPEN in text
    return SECRET in text


def warm(client: Client, page: Any) -> bool:
    """Look three times: to be known, to fill, to be served."""
    return [reads(client, page) for _ in range(3)][-1]


def within_a_second(client: Client, page: Any, wanted: bool) -> float:
    """The seconds after which somebody who asks gets the other answer, however long the answer takes."""
    changed = asked = monotonic()
    while reads(client, page) != wanted:
        assert asked - changed < 1
        sleep(0.005)
        asked = monotonic()
    return asked - changed


@pytest.fixture
def holder(kept: None) -> Any:
    return customer_with(FEATURE)


def test_a_hit_needs_no_session_and_no_query(article: Any, holder: Any, browsing: Browsing) -> None:
    for client, sees in ((browsing(), False), (browsing(holder), True), (browsing(PersonFactory()), False)):
        assert warm(client, article) is sees
        assert not costs(client, article.url)
        assert reads(client, article) is sees


def test_a_table_of_plans_on_a_page_for_many_marks_nobodys_plan(kept: None, browsing: Browsing) -> None:
    price = PriceFactory(version__plan__key="cutter", version__plan__name="Cutter")
    holder = SubscriptionFactory(price=price).customer.user
    page = StandardPageFactory(body=stream(("pricing_table", {"heading": "Plans"})))
    settle()
    for person in (holder, holder, PersonFactory(), PersonFactory(), None):
        text = browsing(person).get(page.url).content.decode()
        assert "Cutter" in text
        assert "Your plan" not in text


def test_one_variant_serves_a_whole_class(article: Any, holder: Any, browsing: Browsing) -> None:
    warm(browsing(holder), article)
    other = customer_with(FEATURE, "unrelated", plan="Other")
    settle()
    client = browsing(other)
    assert warm(browsing(holder), article)
    assert reads(client, article)
    settle()
    assert not queries_for(client, article.url)


@pytest.mark.parametrize("first", ["holder", "member", "visitor"])
def test_whoever_fills_it_the_others_see_their_own(
    article: Any, holder: Any, browsing: Browsing, first: str
) -> None:
    clients = {"holder": browsing(holder), "member": browsing(PersonFactory()), "visitor": browsing()}
    warm(clients.pop(first), article)
    for who, client in clients.items():
        assert warm(client, article) is (who == "holder")


@pytest.mark.parametrize("status", [Subscription.Status.TRIALING, Subscription.Status.PAST_DUE])
def test_who_tries_a_plan_or_owes_for_it_fills_no_page_of_those_without(
    article: Any, holder: Any, browsing: Browsing, status: str
) -> None:
    Subscription.objects.update(status=status, current_period_start=timezone.now())
    settle()
    assert warm(browsing(holder), article)
    assert not warm(browsing(PersonFactory()), article)
    assert not warm(browsing(), article)
    assert reads(browsing(holder), article)


def test_a_plan_that_ends_closes_the_page_within_a_second(
    article: Any, holder: Any, browsing: Browsing
) -> None:
    client = browsing(holder)
    assert warm(client, article)
    lapse(holder)
    assert within_a_second(client, article, wanted=False) < 1
    assert not warm(browsing(), article)


def test_a_kill_switch_closes_the_page_for_all_within_a_second(
    article: Any, holder: Any, browsing: Browsing
) -> None:
    client = browsing(holder)
    assert warm(client, article)
    switch_feature(feature=Feature.objects.get(key=FEATURE), opening=Feature.Opening.NOBODY)
    within_a_second(client, article, wanted=False)


def test_a_grant_opens_the_page_and_its_end_closes_it_to_the_second(
    article: Any, browsing: Browsing, put_clock: Callable[[datetime], None]
) -> None:
    person = PersonFactory()
    client = browsing(person)
    assert not warm(client, article)
    ends = timezone.now() + timedelta(minutes=1)
    grant_feature(
        user=person,
        feature=Feature.objects.get(key=FEATURE),
        value=None,
        ends_at=ends,
        reason="A try",
    )
    within_a_second(client, article, wanted=True)
    put_clock(ends - timedelta(milliseconds=1))
    assert not costs(client, article.url)
    assert reads(client, article)
    put_clock(ends)
    assert not reads(client, article)


def test_a_page_that_gets_another_audience_is_closed_within_a_second(
    article: Any, holder: Any, browsing: Browsing
) -> None:
    article.audience, article.audience_feature = Audience.EVERYONE, None
    article.save()
    settle()
    client = browsing()
    assert warm(client, article)
    article.audience = Audience.MEMBERS
    article.save()
    within_a_second(client, article, wanted=False)


def test_a_device_that_is_signed_out_elsewhere_reads_as_a_visitor(
    article: Any, holder: Any, browsing: Browsing
) -> None:
    client = browsing(holder)
    assert warm(client, article)
    client.session.flush()
    holder.set_password("another")
    holder.save()
    within_a_second(client, article, wanted=False)


def test_a_cookie_of_another_session_or_a_forged_one_opens_nothing(
    article: Any, holder: Any, browsing: Browsing
) -> None:
    client, thief = browsing(holder), browsing(PersonFactory())
    assert warm(client, article)
    warm(thief, article)
    thief.cookies["quickscale_reader"] = client.cookies["quickscale_reader"].value
    assert not reads(thief, article)
    thief.cookies["quickscale_reader"] = f"{holder.pk}.abc.{2**40}.{'0' * 32}"
    assert not reads(thief, article)
    visitor = browsing()
    visitor.cookies["quickscale_reader"] = client.cookies["quickscale_reader"].value
    assert not reads(visitor, article)


def test_a_deaf_process_takes_nothing_from_the_cache(
    article: Any, holder: Any, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browsing(holder)
    assert warm(client, article)
    monkeypatch.setattr(watch, "mark", lambda: None)
    lapse(holder)
    assert not reads(client, article)


def test_a_change_while_the_page_is_made_is_not_kept_under_the_old_class(
    article: Any, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody upgrades between being recognised and reading: what they get is not for those who did not."""
    person = PersonFactory()
    client, other = browsing(person), browsing(PersonFactory())
    for one in (client, other):
        warm(one, article)
    monkeypatch.setattr(watch, "has_changed", lambda *_: False)
    grant_feature(
        user=person,
        feature=Feature.objects.get(key=FEATURE),
        value=None,
        ends_at=None,
        reason="A try",
    )
    caches["pages"].clear()
    assert reads(client, article)
    assert not reads(other, article)
