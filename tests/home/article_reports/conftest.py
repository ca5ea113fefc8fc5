"""An article with a free and a paid part, what a report of it costs, and proof that the books are right."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Sum

from billing import api as billing
from billing.credits.invariants import violations
from billing.models import CreditCost, CreditEntry, CreditHold
from home.article_reports.models import ArticleReport
from home.article_reports.ordering import order_report
from home.article_reports.pricing import FEATURE
from home.gate.audience import Audience
from home.pages.articles import ArticlePage
from tests.factories.billing import FeatureFactory
from tests.factories.files import CustomImageFactory
from tests.factories.home import ArticlePageFactory, AuthorFactory, stream
from tests.factories.members import PersonFactory

PRICE = 2
FREE, PAID = "Everybody knows this.", "Only subscribers know that."


@pytest.fixture
def cost(db: None) -> CreditCost:
    """Two credits a report."""
    feature = FeatureFactory(key=FEATURE, name="Reports of articles")
    made: CreditCost = CreditCost.objects.create(feature=feature, unit="report", amount=Decimal(PRICE))
    return made


@pytest.fixture
def article(cost: CreditCost) -> ArticlePage:
    """Its second half, with a picture, belongs to plans."""
    picture = {"image": CustomImageFactory().pk, "alt_text": "The harbour", "decorative": False}
    body = stream(
        ("text", f"<h2>What is free</h2><p>{FREE}</p>"),
        ("preview_divider", None),
        ("text", f"<h2>What is paid for</h2><p>{PAID}</p>"),
        ("image", {"image": picture, "caption": "At low tide", "width": "text"}),
    )
    made: ArticlePage = ArticlePageFactory(
        title="How to read a bad month",
        author=AuthorFactory(name="Ines Marlow"),
        audience=Audience.PLANS,
        audience_feature=FeatureFactory(key="premium"),
        body=body,
    )
    return made


@pytest.fixture(autouse=True)
def _right_books(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever has reports paid exactly for those handed over, and holds exactly what is under way."""
    if "article" in request.fixturenames:
        request.getfixturevalue("article")
    yield
    if "article" not in request.fixturenames:
        return
    assert [str(violation) for violation in violations()] == []
    readers = ArticleReport.objects.values("reader")
    spends = CreditEntry.objects.filter(kind="spend", feature=FEATURE, account__customer__user__in=readers)
    holds = CreditHold.objects.filter(state="open", feature=FEATURE)
    assert -total(spends, "amount") == total(reports("ready", "deleted"), "credits")
    assert total(holds, "amount") == total(reports("waiting", "making"), "credits")


def reports(*states: str) -> Any:
    return ArticleReport.objects.filter(state__in=states)


def total(rows: Any, column: str) -> Decimal:
    return rows.aggregate(sum=Sum(column))["sum"] or Decimal(0)


def reader_with(amount: int = 14) -> Any:
    """A member who was given so many credits."""
    person = PersonFactory()
    if amount:
        terms = billing.Terms(source="admin", source_ref=f"gift-{person.pk}")
        billing.grant(customer=billing.note_payer(user=person), amount=amount, terms=terms)
    return again(person)


def again(person: Any) -> Any:
    """The same person as a new request finds them."""
    return type(person).objects.get(pk=person.pk)


def credits_of(person: Any) -> tuple[int, int]:
    """What can be spent, and what is set aside."""
    has = billing.balance(again(person))
    return int(has.available), int(has.held)


def ordered(article: ArticlePage, reader: Any, **more: Any) -> ArticleReport:
    """An order, as the button makes it."""
    order = {"key": uuid4(), "agreed": Decimal(PRICE), **more}
    return order_report(page=ArticlePage.objects.get(pk=article.pk), reader=again(reader), **order)
