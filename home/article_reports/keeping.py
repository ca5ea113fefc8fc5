"""What becomes of an order and its file: given up with the credits back, thrown away in time, forgotten."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from billing import api as billing
from home.article_reports.models import FOLDER, KEPT, ArticleReport

State = ArticleReport.State
NOT_IN_TIME = "It was not made in time. Nothing was spent; please order it again."


@transaction.atomic
def give_up(report: ArticleReport, *, problem: str = NOT_IN_TIME, attempt: int | None = None) -> None:
    """Give the credits back and say why; nothing where it is finished, or another ``attempt`` has it now."""
    row = _ended(report, attempt)
    if row is None:
        return
    row.file, row.state, row.problem, row.finished_at = "", State.FAILED, problem, timezone.now()
    row.save(update_fields=["file", "state", "problem", "finished_at"])
    billing.notify(
        user=row.reader,
        topic="report_failed",
        key=f"article-report:{row.pk}",
        context={"title": row.page_title, "problem": problem, "url": reverse("home:reports")},
    )


def give_up_lapsed(reports: QuerySet[ArticleReport]) -> None:
    """Say of those without a sign of life that they failed; the ledger gave their credits back already."""
    under_way = reports.filter(state__in=ArticleReport.UNDER_WAY)
    for report in under_way.filter(lapses_at__lte=timezone.now()):
        give_up(report)


def throw_old_away() -> None:
    """Delete the files that are older than a week; that they were ordered and paid for stays."""
    old = ArticleReport.objects.filter(state=State.READY, finished_at__lte=timezone.now() - KEPT)
    for report in old:
        name, storage = report.file.name, report.file.storage
        gone = ArticleReport.objects.filter(pk=report.pk, state=State.READY)
        if gone.update(state=State.DELETED, file="") and name:
            storage.delete(name)


def throw_strays_away() -> None:
    """Delete the files that no row names: whoever was to delete them died after the row let go of them.

    A row names its file before it is written, so what was listed first and is named by none afterwards is
    nobody's.
    """
    storage = ArticleReport._meta.get_field("file").storage
    try:
        stored = [f"{FOLDER}/{name}" for name in storage.listdir(FOLDER)[1]]
    except FileNotFoundError:  # a disk on which no report was made yet
        return
    named = set(ArticleReport.objects.exclude(file="").values_list("file", flat=True))
    for name in stored:
        if name not in named:
            storage.delete(name)


@transaction.atomic
def forget_reports(user: Any) -> None:
    """Delete everything a person ordered, for an account that closes; what is set aside comes back first."""
    for report in ArticleReport.objects.filter(reader=user):
        _ended(report)
        forget_file_later(report)
        report.delete()


def forget_file_later(report: ArticleReport) -> None:
    """Delete the file once no row names it any more."""
    name, storage = report.file.name, report.file.storage
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _ended(report: ArticleReport, attempt: int | None = None) -> ArticleReport | None:
    """The locked row of a report that is under way, with its credits given back and its file about to go."""
    row = ArticleReport.objects.select_for_update().get(pk=report.pk)
    if row.state not in ArticleReport.UNDER_WAY or attempt not in (None, row.attempts):
        return None
    if row.hold_id is not None:
        with suppress(billing.HoldEnded):
            billing.release(hold_id=row.hold_id)
    forget_file_later(row)
    return row
