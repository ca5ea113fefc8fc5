"""A worker is shot while it makes a report: no credit is lost, none is taken twice, and no report is free."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from billing import api as billing
from billing.credits.invariants import violations
from billing.models import CreditCost, CreditEntry
from home.article_reports import making
from home.article_reports.models import ArticleReport
from home.article_reports.ordering import order_report
from home.article_reports.pricing import FEATURE
from sandbox.processes import dies_with_parent
from sandbox.stack.environment import ROOT
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticlePageFactory, stream
from tests.factories.members import PersonFactory

DJANGO = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}"}
MAKER = """
import sys, time
import django
django.setup()
from django.core.files.storage import storages
from billing import api as billing
from home.article_reports import making

def stop(*arguments, **more):
    print("here", flush=True)
    time.sleep(600)

storages["private"]._location = sys.argv[3]
setattr(billing if sys.argv[2] == "notify" else making, sys.argv[2], stop)
making.make(report_id=int(sys.argv[1]))
"""


@pytest.fixture
def report(transactional_db: None) -> Iterator[ArticleReport]:
    """An order over two of fourteen credits."""
    cost = CreditCost.objects.create(feature=FeatureFactory(key=FEATURE), unit="report", amount=2)
    reader = PersonFactory()
    terms = billing.Terms(source="admin", source_ref="gift")
    billing.grant(customer=billing.note_payer(user=reader), amount=14, terms=terms)
    page = ArticlePageFactory(body=stream(("text", "<p>Words.</p>")))
    yield order_report(page=page, reader=reader, key=uuid4(), agreed=cost.amount)
    assert [str(violation) for violation in violations()] == []


def shoot_worker(report: ArticleReport, moment: str, database_url: str) -> None:
    """Have another process make it, and kill that one when it comes to ``moment``."""
    private = Path(report.file.storage.location)
    process = subprocess.Popen(
        [*dies_with_parent("KILL"), sys.executable, "-c", MAKER, str(report.pk), moment, str(private)],
        env={**os.environ, "DATABASE_URL": database_url, **DJANGO},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "here"
    finally:
        process.kill()
        process.wait()


def state(report: ArticleReport) -> tuple[str, int, int, int]:
    has = billing.balance(billing.note_payer(user=report.reader))
    spends = CreditEntry.objects.filter(kind="spend").count()
    return ArticleReport.objects.get().state, int(has.available), int(has.held), spends


def files() -> list[Path]:
    return list(Path(settings.TEST_FILES, "private", "article-reports").glob("*"))


@pytest.mark.parametrize("moment", ["typeset", "hand_over", "notify"])
def test_a_worker_shot_before_it_hands_over_took_nothing_and_the_next_one_does_both(
    report: ArticleReport, database_url: str, moment: str
) -> None:
    before = set(files())
    shoot_worker(report, moment, database_url)
    assert state(report) == ("making", 12, 2, 0)
    making.make(report_id=report.pk)
    assert state(report) == ("ready", 12, 0, 1)
    assert len(set(files()) - before) == 1
