"""One order sets its credits aside once, whatever is clicked twice; what is refused stores nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing import api as billing
from billing.credits.grants import freeze
from home.article_reports.models import ArticleReport
from home.article_reports.ordering import MAKE, MOST_AT_ONCE, PriceChanged, TooManyAtOnce
from home.article_reports.pricing import FEATURE, NotOnOffer, quote_for
from tests.factories.home import ArticlePageFactory
from tests.home.article_reports.conftest import credits_of, ordered, reader_with
from tests.home.readers import customer_with

pytestmark = pytest.mark.django_db


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name=MAKE).count()


def test_an_order_sets_its_credits_aside_and_has_a_worker_make_it(article):
    reader = reader_with(14)
    report = ordered(article, reader)
    assert (report.state, report.credits, jobs()) == ("waiting", 2, 1)
    assert credits_of(reader) == (12, 2)


def test_a_quote_tells_what_it_takes_and_spends_nothing(article):
    reader = reader_with(14)
    quote = quote_for(reader)
    assert (quote.price, quote.available, quote.left, quote.is_included) == (2, 14, 12, False)
    assert credits_of(reader) == (14, 0)


def test_the_same_form_sent_again_is_the_same_order(article):
    reader, key = reader_with(14), uuid4()
    assert ordered(article, reader, key=key).pk == ordered(article, reader, key=key).pk
    assert (credits_of(reader), jobs()) == ((12, 2), 1)


def test_two_windows_make_one_order_while_it_is_under_way(article):
    reader = reader_with(14)
    assert ordered(article, reader).pk == ordered(article, reader).pk
    assert credits_of(reader) == (12, 2)


def test_the_number_of_somebody_elses_form_is_an_order_of_ones_own(article):
    one, other, key = reader_with(14), reader_with(14), uuid4()
    assert ordered(article, one, key=key).pk != ordered(article, other, key=key).pk
    assert (credits_of(one), credits_of(other)) == ((12, 2), (12, 2))


def test_who_has_it_in_their_plan_pays_nothing(article):
    reader = customer_with(FEATURE)
    report = ordered(article, reader, agreed=Decimal(0))
    assert (report.credits, report.hold_id, jobs()) == (0, None, 1)


@pytest.mark.parametrize("agreed", ["0", "1", "3", "-2"])
def test_only_the_price_that_was_shown_is_taken(article, agreed):
    reader = reader_with(14)
    with pytest.raises(PriceChanged):
        ordered(article, reader, agreed=Decimal(agreed))
    assert (credits_of(reader), jobs(), ArticleReport.objects.count()) == ((14, 0), 0, 0)


def test_a_new_price_holds_for_new_orders_alone(article, cost):
    reader = reader_with(14)
    before = ordered(article, reader)
    type(cost).objects.create(feature=cost.feature, unit="report", amount=3)
    assert quote_for(reader).price == 3
    after = ordered(ArticlePageFactory(), reader, agreed=Decimal(3))
    assert (before.credits, after.credits) == (2, 3)
    assert credits_of(reader) == (9, 5)


def test_too_few_credits_store_nothing(article):
    reader = reader_with(1)
    with pytest.raises(billing.InsufficientCredits) as refused:
        ordered(article, reader)
    assert (refused.value.needed, refused.value.available) == (2, 1)
    assert (ArticleReport.objects.count(), jobs(), credits_of(reader)) == (0, 0, (1, 0))


def test_who_never_had_credits_is_told_so(article):
    with pytest.raises(billing.InsufficientCredits):
        ordered(article, reader_with(0))


def test_while_a_payment_is_disputed_nothing_is_ordered(article):
    reader = reader_with(14)
    freeze(customer_id=reader.stripe_customer.pk)
    with pytest.raises(billing.AccountFrozen):
        ordered(article, reader)
    assert ArticleReport.objects.count() == 0


def test_without_a_plan_or_a_price_there_is_nothing_to_order(article, cost):
    cost.delete()
    with pytest.raises(NotOnOffer):
        ordered(article, reader_with(14))


def test_so_many_are_made_for_one_person_at_once(article):
    reader = reader_with(14)
    for _ in range(MOST_AT_ONCE):
        ordered(ArticlePageFactory(), reader)
    with pytest.raises(TooManyAtOnce):
        ordered(article, reader)
    assert credits_of(reader) == (8, 6)


def test_what_no_worker_made_in_time_stands_in_nobodys_way(article):
    reader = reader_with(14)
    late = ordered(article, reader)
    ArticleReport.objects.update(lapses_at=timezone.now() - timedelta(seconds=1))
    fresh = ordered(article, reader)
    late.refresh_from_db()
    assert (late.state, fresh.state) == ("failed", "waiting")
    assert credits_of(reader) == (12, 2)


@pytest.mark.django_db(transaction=True)
def test_ten_windows_at_once_make_one_order(article):
    reader = reader_with(14)
    start = threading.Barrier(10)

    def click(_: int) -> int:
        start.wait()
        try:
            return int(ordered(article, reader).pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        made = set(pool.map(click, range(10)))
    assert (len(made), jobs(), credits_of(reader)) == (1, 1, (12, 2))


@pytest.mark.django_db(transaction=True)
def test_orders_at_once_never_get_past_the_limit(article):
    reader = reader_with(14)
    pages = [ArticlePageFactory() for _ in range(6)]
    start = threading.Barrier(6)

    def click(page) -> bool:
        start.wait()
        try:
            ordered(page, reader)
        except TooManyAtOnce:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(click, pages)) == MOST_AT_ONCE
    assert credits_of(reader) == (8, 6)
