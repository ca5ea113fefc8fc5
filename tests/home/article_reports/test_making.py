"""A report is paid for when it is handed over, never before and never twice, whoever dies on the way."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from billing import api as billing
from billing.credits.clock import at
from billing.notices.models import Notice
from home.article_reports import making
from home.article_reports.keeping import forget_reports, give_up_lapsed, throw_old_away
from home.article_reports.making import MOST_ATTEMPTS, begin, make
from home.article_reports.models import KEPT, ArticleReport
from home.article_reports.pricing import FEATURE
from home.article_reports.tasks import make_report
from home.gate.audience import Audience
from tests.home.article_reports.conftest import FREE, PAID, credits_of, ordered, reader_with
from tests.home.readers import customer_with, lapse

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker is gone in the middle: nothing after this line is done."""


def words_in(report: ArticleReport) -> str:
    with report.file.open("rb") as file:
        return " ".join(page.extract_text() for page in PdfReader(file).pages)


def stored() -> set[str]:
    storage = ArticleReport._meta.get_field("file").storage
    return set(storage.listdir("article-reports")[1]) if storage.exists("article-reports") else set()


@pytest.fixture
def reader(article):
    return reader_with(14)


@pytest.fixture
def report(article, reader):
    return ordered(article, reader)


def done(report):
    report.refresh_from_db()
    return report.state


def test_a_report_that_is_ready_is_paid_for_and_told_of(report, reader):
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("ready", (12, 0))
    assert FREE in words_in(report)
    notice = Notice.objects.get(user=reader)
    assert (notice.title, notice.url) == (
        "Your report is ready: How to read a bad month", f"/reports/{report.key}/file/",
    )  # fmt: skip


def test_making_it_again_changes_nothing(report, reader):
    make(report_id=report.pk)
    name = ArticleReport.objects.get().file.name
    make(report_id=report.pk)
    assert (done(report), report.file.name, credits_of(reader)) == ("ready", name, (12, 0))


def test_it_holds_what_its_reader_may_read_when_it_is_made(article):
    subscriber = customer_with("premium", FEATURE)
    open_to_them = ordered(article, subscriber, agreed=0)
    make(report_id=open_to_them.pk)
    open_to_them.refresh_from_db()
    assert PAID in words_in(open_to_them)
    lapse(subscriber)
    terms = billing.Terms(source="admin", source_ref="gift")
    billing.grant(customer=subscriber.stripe_customer, amount=2, terms=terms)
    shut = ordered(article, subscriber)
    make(report_id=shut.pk)
    shut.refresh_from_db()
    assert PAID not in words_in(shut)
    assert "A part of this article is not open to you" in words_in(shut)


@pytest.mark.parametrize("gone", ["unpublished", "deleted", "private", "no site"])
def test_an_article_that_is_gone_fails_and_the_credits_are_back(article, report, reader, gone):
    if gone == "unpublished":
        article.unpublish()
    elif gone == "deleted":
        article.delete()
    elif gone == "private":
        article.view_restrictions.create(restriction_type="password", password="x")
    else:
        article.get_site().delete()
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("failed", (14, 0))
    assert "not on the site any more" in report.problem
    assert Notice.objects.get(user=reader).title.startswith("Your report could not be made")


@pytest.mark.parametrize("moment", ["report_of", "typeset", "hand_over"])
def test_a_worker_that_dies_leaves_the_credits_set_aside_and_the_next_one_ends_it(
    report, reader, monkeypatch, moment
):
    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(making, moment, die)
        with pytest.raises(Killed):
            make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("making", (12, 2))
    with monkeypatch.context() as patched:
        patched.setattr(billing, "capture", die)
        with pytest.raises(Killed):
            make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("making", (12, 2))
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("ready", (12, 0))


def test_no_file_is_left_of_workers_that_died(
    report, reader, monkeypatch, django_capture_on_commit_callbacks
):
    before = stored()

    def die(*_, **__):
        raise Killed

    for _ in range(2):
        with monkeypatch.context() as patched, suppress(Killed):
            patched.setattr(making, "hand_over", die)
            with django_capture_on_commit_callbacks(execute=True):
                make(report_id=report.pk)
    with django_capture_on_commit_callbacks(execute=True):
        make(report_id=report.pk)
    assert stored() - before == {ArticleReport.objects.get().file.name.split("/")[1]}


def test_what_dies_again_and_again_is_given_up(report, reader):
    ArticleReport.objects.update(attempts=MOST_ATTEMPTS)
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("failed", (14, 0))


def test_what_breaks_is_tried_again_and_given_back_after_the_last_time(report, reader, monkeypatch):
    def break_down(*_, **__):
        raise OSError("the disk is full")

    class Context:
        class job:  # noqa: N801
            attempts = 0

    monkeypatch.setattr(making, "typeset", break_down)
    for attempts, state in ((0, "making"), (1, "making"), (2, "failed")):
        Context.job.attempts = attempts
        with pytest.raises(OSError, match="disk"):
            make_report(Context, report_id=report.pk)
        assert done(report) == state
    assert credits_of(reader) == (14, 0)
    assert "Something went wrong" in report.problem


def test_what_lasts_too_long_is_stopped(report, reader, monkeypatch):
    monkeypatch.setattr(making, "LONGEST", timedelta(seconds=-1))
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("failed", (14, 0))
    assert "longer than we let" in report.problem


def test_a_hold_whose_time_is_over_makes_no_free_report(report, reader):
    with at(timezone.now() + timedelta(hours=1)):
        make(report_id=report.pk)
        assert credits_of(reader) == (14, 0)
    assert (done(report), bool(report.file)) == ("failed", False)


def test_a_hold_that_ends_while_it_is_made_makes_no_free_report(report, reader, monkeypatch):
    original = making.typeset

    def slow(*arguments, **more):
        made = original(*arguments, **more)
        billing.release(hold_id=report.hold_id)
        return made

    monkeypatch.setattr(making, "typeset", slow)
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("failed", (14, 0))


def test_a_sign_of_life_prolongs_the_wait(report, reader, monkeypatch):
    ArticleReport.objects.update(lapses_at=timezone.now() + timedelta(seconds=5))
    with monkeypatch.context() as patched:
        patched.setattr(making, "hand_over", lambda _: None)
        make(report_id=report.pk)
    assert ArticleReport.objects.get().lapses_at > timezone.now() + timedelta(minutes=10)


def test_what_no_worker_makes_is_said_to_have_failed(report, reader):
    ArticleReport.objects.update(lapses_at=timezone.now())
    assert ArticleReport.objects.get().has_lapsed
    give_up_lapsed(ArticleReport.objects.all())
    assert (done(report), credits_of(reader)) == ("failed", (14, 0))
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("failed", (14, 0))


def test_a_worker_that_was_overtaken_throws_its_own_file_away(report, reader, monkeypatch):
    original, before = making.typeset, stored()

    def overtaken(*arguments, **more):
        made = original(*arguments, **more)
        begin(report.pk)
        return made

    with monkeypatch.context() as patched:
        patched.setattr(making, "typeset", overtaken)
        make(report_id=report.pk)
    assert (done(report), credits_of(reader), stored() - before) == ("making", (12, 2), set())
    make(report_id=report.pk)
    assert (done(report), credits_of(reader)) == ("ready", (12, 0))


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_hand_over_one_report(report, reader, monkeypatch):
    """None of them learns of the others before all have made it: what they hand over is compared alone."""
    workers = 4
    ready = threading.Barrier(workers, timeout=60)
    original = making.typeset

    def together(*arguments, **more):
        made = original(*arguments, **more)
        ready.wait()
        return made

    monkeypatch.setattr(making, "typeset", together)
    monkeypatch.setattr(making, "_sign_of_life", lambda _: None)
    before = stored()

    def work(_: int) -> None:
        try:
            make(report_id=report.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    assert (done(report), credits_of(reader)) == ("ready", (12, 0))
    assert len(stored() - before) == 1
    assert FREE in words_in(report)


@pytest.mark.django_db(transaction=True)
def test_giving_up_and_handing_over_at_once_do_one_of_both(article, monkeypatch):
    for _ in range(4):
        reader = reader_with(14)
        report = ordered(article, reader)
        start = threading.Barrier(2)

        def work(step, start=start):
            start.wait()
            try:
                step()
            finally:
                connection.close()

        steps = [partial(make, report_id=report.pk), partial(let_lapse, report)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, steps))
        expected = {"ready": (12, 0), "failed": (14, 0)}
        assert credits_of(reader) == expected[done(report)]


def let_lapse(report: ArticleReport) -> None:
    ArticleReport.objects.filter(pk=report.pk).update(lapses_at=timezone.now())
    give_up_lapsed(ArticleReport.objects.filter(pk=report.pk))


def test_files_go_after_a_week_and_stay_paid_for(article):
    reader = reader_with(14)
    report = ordered(article, reader)
    make(report_id=report.pk)
    throw_old_away()
    assert done(report) == "ready"
    name, storage = report.file.name, report.file.storage
    ArticleReport.objects.update(finished_at=timezone.now() - KEPT)
    throw_old_away()
    assert (done(report), bool(report.file), storage.exists(name)) == ("deleted", False, False)
    assert credits_of(reader) == (12, 0)


def test_who_closes_their_account_leaves_no_reports(article, django_capture_on_commit_callbacks):
    reader = reader_with(14)
    kept = ordered(article, reader)
    article.audience = Audience.EVERYONE
    article.save()
    make(report_id=kept.pk)
    kept.refresh_from_db()
    name, storage = kept.file.name, kept.file.storage
    ordered(article, reader)
    with django_capture_on_commit_callbacks(execute=True):
        forget_reports(reader)
    assert (ArticleReport.objects.count(), storage.exists(name)) == (0, False)
    assert credits_of(reader) == (12, 0)
    billing.reverse(entry_id=kept.entry_id, key="for the books")
