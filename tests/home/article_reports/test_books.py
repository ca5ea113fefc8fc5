"""Whatever happens to orders, in whatever order: what was captured is what was handed over."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import api as billing
from billing.credits.invariants import violations
from billing.models import CreditCost, CreditEntry, CreditHold
from home.article_reports import making
from home.article_reports.keeping import give_up
from home.article_reports.models import ArticleReport
from home.article_reports.ordering import OrderRefused
from home.article_reports.pricing import FEATURE, quote_for
from tests.factories.home import ArticlePageFactory
from tests.home.article_reports.conftest import again, ordered, reader_with, total

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker is gone in the middle."""


def die(*_: Any, **__: Any) -> Any:
    raise Killed


class Books:
    """One reader, an article, and everything that may happen to their orders."""

    def __init__(self, article: Any, cost: CreditCost, patch: pytest.MonkeyPatch) -> None:
        self.reader, self.article, self.cost, self.patch = reader_with(14), article, cost, patch

    @property
    def orders(self) -> Any:
        return ArticleReport.objects.filter(reader=self.reader)

    @property
    def under_way(self) -> list[ArticleReport]:
        return list(self.orders.filter(state__in=ArticleReport.UNDER_WAY))

    def order(self, page: Any = None) -> None:
        price = quote_for(again(self.reader)).price
        with suppress(billing.InsufficientCredits, OrderRefused):
            ordered(page or ArticlePageFactory(), self.reader, agreed=price)

    def order_the_same(self) -> None:
        self.order(self.article)

    def spend_elsewhere(self) -> None:
        with suppress(billing.InsufficientCredits):
            billing.spend(customer=self.reader.stripe_customer, amount=1, key=str(uuid4()))

    def raise_the_price(self) -> None:
        amount = quote_for(again(self.reader)).price + 1
        CreditCost.objects.create(feature=self.cost.feature, unit="report", amount=amount)

    def make(self) -> None:
        for report in self.under_way[:1]:
            making.make(report_id=report.pk)

    def die_early(self) -> None:
        self._make_with("typeset", die)

    def die_late(self) -> None:
        self._make_with("hand_over", die)

    def miss_the_article(self) -> None:
        self._make_with("readable_page", lambda *_: None)

    def lose_the_hold(self) -> None:
        for report in self.under_way[:1]:
            ArticleReport.objects.filter(pk=report.pk).update(lapses_at=timezone.now())
            billing.release(hold_id=report.hold_id or 0)

    def be_given_up(self) -> None:
        for report in self.under_way[:1]:
            give_up(report)

    def _make_with(self, name: str, instead: Any) -> None:
        with self.patch.context() as patched, suppress(Killed):
            patched.setattr(making, name, instead)
            self.make()

    def balance(self) -> None:
        """What was captured is what was handed over; nothing is held for what is over."""
        spends = CreditEntry.objects.filter(account__customer__user=self.reader, kind="spend")
        assert -total(spends.filter(feature=FEATURE), "amount") == total(
            self.orders.filter(state="ready"), "credits"
        )
        over = self.orders.exclude(state__in=ArticleReport.UNDER_WAY).values("hold_id")
        assert not CreditHold.objects.filter(pk__in=over, state="open").exists()
        assert list(violations()) == []


HIDDEN = {"orders", "under_way", "balance"}
STEPS = [name for name in vars(Books) if not name.startswith("_") and name not in HIDDEN]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14))
def test_the_books_are_right_after_every_step(article, cost, monkeypatch, steps):
    reverse("home:reports")  # the views are loaded now, before anything they import is replaced
    monkeypatch.setattr(making, "typeset", lambda *_, **__: b"%PDF")  # how a report looks moves no credit
    with transaction.atomic():
        books = Books(article, cost, monkeypatch)
        for step in steps:
            getattr(books, step)()
            books.balance()
        transaction.set_rollback(True)
