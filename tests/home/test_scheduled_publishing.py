"""Pages go live and come down when their editor said."""

from datetime import timedelta
from time import time

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app

from home.pages.standard import StandardPage
from home.scheduled_publishing import publish_what_is_due
from tests.factories.billing import FeatureFactory
from tests.factories.home import StandardPageFactory

pytestmark = pytest.mark.django_db
AGO = timedelta(minutes=5)


def test_a_page_goes_live_when_its_time_has_come(client: Client) -> None:
    page = StandardPageFactory(live=False, go_live_at=timezone.now() + AGO)
    page.save_revision().publish()
    publish_what_is_due(timestamp=int(time()))
    assert client.get("/" + page.slug + "/").status_code == 404

    revision = page.latest_revision
    revision.approved_go_live_at = timezone.now() - AGO
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    publish_what_is_due(timestamp=int(time()))

    assert client.get("/" + page.slug + "/").status_code == 200


def test_a_page_comes_down_when_it_has_expired(client: Client) -> None:
    page = StandardPageFactory(expire_at=timezone.now() - AGO)

    publish_what_is_due(timestamp=int(time()))

    assert client.get(page.get_url()).status_code == 404


def test_the_worker_knows_the_job_and_runs_it_every_minute() -> None:
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert crons[publish_what_is_due.name] == "* * * * *"


def test_a_draft_whose_feature_is_gone_opens_for_nobody_and_can_still_be_edited() -> None:
    feature = FeatureFactory(key="gone")
    page = StandardPageFactory()
    page.audience, page.audience_feature = "plans", feature
    revision = page.save_revision()
    feature.delete()

    revision.publish()

    stored = StandardPage.objects.get(pk=page.pk)
    assert stored.audience == "plans"
    assert stored.audience_feature is None
