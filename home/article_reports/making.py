"""Makes a report: whoever holds the latest attempt finishes it, and paying and handing over are one step."""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from billing import api as billing
from home.article_reports.keeping import NOT_IN_TIME, forget_file_later, give_up
from home.article_reports.models import FOLDER, KEPT, ArticleReport
from home.article_reports.ordering import LASTS
from home.article_reports.parts import report_of
from home.article_reports.typesetting import typeset
from home.gate.privacy import passing_privacy
from home.pages.articles import ArticlePage

logger = logging.getLogger(__name__)

LONGEST = timedelta(minutes=2)
MOST_ATTEMPTS = 5
BEAT_EVERY = 10.0  # seconds
GONE = "The article is not on the site any more. Nothing was spent."
TOO_LONG = "It took longer than we let one report take. Nothing was spent; please tell us about it."

DIED = "It ended in the middle too often. Nothing was spent; please tell us about it."

State = ArticleReport.State


class CannotBeMade(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Trying again would not help; ``sentence`` tells the reader why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Superseded(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Somebody else makes the report now, or has finished it."""


def make(*, report_id: int) -> None:
    """Make the report that was ordered, and take what was set aside for it. Safe to repeat at any point.

    Whatever else it raises may be tried again: nothing was handed over, and the credits are still set aside.
    """
    report = begin(report_id)
    if report is None:
        return
    try:
        content = _content(report)
        report.file.storage.save(report.file.name, ContentFile(content))
        hand_over(report)
    except Superseded:
        report.file.delete(save=False)
    except (CannotBeMade, billing.HoldEnded) as refusal:
        sentence = refusal.sentence if isinstance(refusal, CannotBeMade) else NOT_IN_TIME
        logger.info("Report %s cannot be made: %s", report.pk, sentence)
        give_up(report, problem=sentence, attempt=report.attempts)


def begin(report_id: int) -> ArticleReport | None:
    """Take the next attempt; the file of an earlier one, which nobody may have finished, goes."""
    with transaction.atomic():
        orders = ArticleReport.objects.select_for_update(of=("self",)).select_related("reader")
        report = orders.filter(pk=report_id, state__in=ArticleReport.UNDER_WAY).first()
        if report is None:
            return None
        forget_file_later(report)
        report.state, report.attempts = State.MAKING, report.attempts + 1
        report.file.name = f"{FOLDER}/{report.key}-{report.attempts}-{uuid4().hex[:8]}.pdf"
        report.save(update_fields=["state", "attempts", "file"])
    return report


def hand_over(report: ArticleReport) -> None:
    """Take the credits and let the reader have the file, in one transaction: never one without the other.

    Raises ``Superseded``, or ``HoldEnded`` where the credits went back meanwhile.
    """
    with transaction.atomic():
        row = ArticleReport.objects.select_for_update().get(pk=report.pk)
        if row.state != State.MAKING or row.attempts != report.attempts:
            raise Superseded
        row.entry_id = None if row.hold_id is None else billing.capture(hold_id=row.hold_id)
        row.state, row.finished_at = State.READY, timezone.now()
        row.save(update_fields=["entry_id", "state", "finished_at"])
        billing.notify(
            user=report.reader,
            topic="report_ready",
            key=f"article-report:{row.pk}",
            context={
                "title": row.page_title,
                "days": str(KEPT.days),
                "url": reverse("home:report_file", args=[row.key]),
            },
        )


def _content(report: ArticleReport) -> bytes:
    if report.attempts > MOST_ATTEMPTS:
        raise CannotBeMade(DIED)
    beat = _beating(report)
    beat()
    page = readable_page(report.page_id, report.reader)
    if page is None:
        raise CannotBeMade(GONE)
    return typeset(report_of(page, report.reader), beat=beat)


def readable_page(page_id: int | None, reader: object) -> ArticlePage | None:
    """The published article, if Wagtail's own privacy lets the reader know of it without a password."""
    page = ArticlePage.objects.live().select_related("author", "cover").filter(pk=page_id).first()
    request = HttpRequest()
    request.user, request.session = reader, {}  # type: ignore[assignment]
    return page if page and page.full_url and passing_privacy([page], request) else None


def _beating(report: ArticleReport) -> Callable[[], None]:
    """What is called often while the report is made: a sign of life now and then, an end to what lasts."""
    began, last = monotonic(), -BEAT_EVERY

    def beat() -> None:
        nonlocal last
        passed = monotonic() - began
        if passed > LONGEST.total_seconds():
            raise CannotBeMade(TOO_LONG)
        if passed - last >= BEAT_EVERY:
            last = passed
            _sign_of_life(report)

    return beat


def _sign_of_life(report: ArticleReport) -> None:
    if report.hold_id is not None:
        billing.heartbeat(hold_id=report.hold_id, lasts=LASTS)
    mine = ArticleReport.objects.filter(pk=report.pk, attempts=report.attempts, state=State.MAKING)
    if not mine.update(lapses_at=timezone.now() + LASTS):
        raise Superseded
