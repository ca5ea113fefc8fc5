"""Orders a report: the order, the credits set aside and the job for it are stored together or not at all."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from billing import api as billing
from home.article_reports.keeping import give_up_lapsed
from home.article_reports.models import ArticleReport
from home.article_reports.pricing import FEATURE, quote_for
from home.pages.articles import ArticlePage

MAKE = "home.article_reports.tasks.make_report"
QUEUE = "reports"
LASTS = timedelta(minutes=15)
MOST_AT_ONCE = 3

State = ArticleReport.State


class OrderRefused(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The base of the refusals; nothing was stored or spent. ``sentence`` is for the reader."""

    sentence = ""


class PriceChanged(OrderRefused):
    """The reader agreed to another price than a report has now."""

    sentence = "The price has changed meanwhile. Nothing was spent; look again."


class TooManyAtOnce(OrderRefused):
    """The reader waits for as many reports as one person may."""

    sentence = (
        f"{MOST_AT_ONCE} reports are being made for you. Nothing was spent;"
        " order this one when they are ready."
    )


def order_report(*, page: ArticlePage, reader: Any, key: UUID, agreed: Decimal) -> ArticleReport:
    """Set the credits aside and have a worker make the report; gives the order.

    The same ``key`` is the same order, and so is another one for a page that is being made for the reader:
    whatever is clicked twice, or in two windows, takes its credits once. ``agreed`` is the price the reader
    saw. Raises ``PriceChanged``, ``TooManyAtOnce``, ``NotOnOffer``, or a ``CreditsRefused``; then nothing was
    stored.
    """
    with transaction.atomic():
        _one_after_the_other(reader)
        give_up_lapsed(ArticleReport.objects.filter(reader=reader))
        return _ordered_before(page, reader, key) or _order(page, reader, key, agreed)


def _one_after_the_other(reader: Any) -> None:
    """Orders of one reader wait for each other, so that none of them counts too few."""
    get_user_model().objects.select_for_update(no_key=True, of=("self",)).get(pk=reader.pk)


def _ordered_before(page: ArticlePage, reader: Any, key: UUID) -> ArticleReport | None:
    orders = ArticleReport.objects.filter(reader=reader)
    same = orders.filter(key=key).first()
    return same or orders.filter(page=page, state__in=ArticleReport.UNDER_WAY).first()


def _order(page: ArticlePage, reader: Any, key: UUID, agreed: Decimal) -> ArticleReport:
    quote = quote_for(reader)
    if agreed != quote.price:
        raise PriceChanged
    if ArticleReport.objects.filter(reader=reader, state__in=ArticleReport.UNDER_WAY).count() >= MOST_AT_ONCE:
        raise TooManyAtOnce
    report = ArticleReport.objects.create(
        reader=reader,
        key=key,
        page=page,
        page_title=page.title,
        credits=quote.price,
        hold_id=_set_aside(reader, key, quote.price, page) if quote.price else None,
        lapses_at=timezone.now() + LASTS,
    )
    app.configure_task(MAKE, queue=QUEUE, lock=f"article-report-{report.pk}").defer(report_id=report.pk)
    return report


def _set_aside(reader: Any, key: UUID, price: Decimal, page: ArticlePage) -> int:
    held = billing.hold(
        customer=billing.note_payer(user=reader),
        amount=price,
        key=f"article-report-{key}",
        feature=FEATURE,
        reference=f"Report of “{page.title}”"[:255],
        lasts=LASTS,
    )
    return held.hold_id
