"""No file of a report stays for ever: what a process that died left behind goes with the next night."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from storages.backends.s3 import S3Storage

from home.article_reports.keeping import forget_reports, give_up, throw_old_away, throw_strays_away
from home.article_reports.making import begin, make
from home.article_reports.models import FOLDER, KEPT, ArticleReport
from home.article_reports.tasks import throw_old_reports_away
from sandbox.s3.server import S3Server
from tests.home.article_reports.conftest import ordered, reader_with

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone in the middle: nothing after this line is done."""


def on_disk(request: pytest.FixtureRequest) -> Storage:
    return FileSystemStorage(location=request.getfixturevalue("tmp_path"))


def in_a_bucket(request: pytest.FixtureRequest) -> Storage:
    server: S3Server = request.getfixturevalue("s3_server")
    return S3Storage(
        bucket_name=request.getfixturevalue("s3_bucket"),
        endpoint_url=server.endpoint,
        region_name=server.region,
        access_key=server.access_key,
        secret_key=server.secret_key,
        location="private",
    )


@pytest.fixture(params=[on_disk, in_a_bucket])
def storage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """A disk or a bucket of this test's own, in which reports are stored."""
    made: Storage = request.param(request)
    monkeypatch.setattr(ArticleReport._meta.get_field("file"), "storage", made)
    return made


@pytest.fixture
def report(storage: Storage, article: Any) -> ArticleReport:
    return ordered(article, reader_with(14))


def written(report: ArticleReport) -> str:
    """An attempt that wrote its file and got no further; gives the name."""
    begun = begin(report.pk)
    assert begun is not None
    name: str = begun.file.name
    begun.file.storage.save(name, ContentFile(b"%PDF"))
    report.refresh_from_db()
    return name


def stored(storage: Storage) -> set[str]:
    return {f"{FOLDER}/{name}" for name in storage.listdir(FOLDER)[1]}


def test_where_no_report_was_made_there_is_nothing_to_throw_away(storage: Storage) -> None:
    throw_strays_away()
    assert not storage.exists(FOLDER)


def test_a_file_of_nobody_goes_and_those_of_orders_stay(
    storage: Storage, article: Any, report: ArticleReport
) -> None:
    make(report_id=report.pk)
    ready = ArticleReport.objects.get().file.name
    under_way = written(ordered(article, reader_with(14)))
    storage.save(f"{FOLDER}/of-nobody.pdf", ContentFile(b"%PDF"))
    throw_old_reports_away(0)
    assert stored(storage) == {ready, under_way}


@pytest.mark.parametrize("step", ["next attempt", "given up", "account closed"])
@pytest.mark.parametrize("storage", [on_disk], indirect=True)
def test_what_dies_at_the_commit_leaves_nothing_for_ever(
    storage: Storage, report: ArticleReport, step: str
) -> None:
    """In a test nothing is done at the commit, which is what a process that dies there does."""
    first = written(report)
    if step == "next attempt":
        begin(report.pk)
    elif step == "given up":
        give_up(report)
    else:
        forget_reports(report.reader)
    assert stored(storage) == {first}
    throw_strays_away()
    assert stored(storage) == set()


@pytest.mark.parametrize("storage", [on_disk], indirect=True)
def test_what_dies_while_it_throws_old_files_away_leaves_nothing_for_ever(
    storage: Storage, report: ArticleReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: str) -> None:
        raise Killed

    make(report_id=report.pk)
    report.refresh_from_db()
    ArticleReport.objects.update(finished_at=report.finished_at - KEPT)
    with monkeypatch.context() as patched:
        patched.setattr(storage, "delete", die)
        with pytest.raises(Killed):
            throw_old_away()
    assert stored(storage) == {report.file.name}
    throw_strays_away()
    assert stored(storage) == set()


@pytest.mark.parametrize("storage", [on_disk], indirect=True)
def test_a_file_that_is_written_at_that_moment_is_kept(
    storage: Storage, report: ArticleReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    look = storage.listdir

    def list_after_another_wrote(folder: str) -> Any:
        names.append(written(report))
        return look(folder)

    with monkeypatch.context() as patched:
        patched.setattr(storage, "listdir", list_after_another_wrote)
        throw_strays_away()
    assert stored(storage) == set(names)
