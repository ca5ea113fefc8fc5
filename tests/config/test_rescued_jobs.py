"""Jobs whose worker died go on; one whose successor waits already makes way for it."""

from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.webhooks.jobs import defer_reconcile
from config.jobs import rescue_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def lose_worker(customer_id):
    """Leave the customer's job in the hands of a worker that died an hour ago."""
    defer_reconcile(customer_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
            " WHERE status = 'todo' AND queueing_lock = %s",
            [f"reconcile-{customer_id}"],
        )


def test_a_job_whose_successor_waits_makes_way_and_stops_no_other():
    lose_worker(1)
    lose_worker(2)
    defer_reconcile(1)
    async_to_sync(rescue_jobs)(SimpleNamespace(app=app), 0)
    states = ProcrastinateJob.objects.order_by("id").values_list("queueing_lock", "status")
    assert list(states) == [("reconcile-1", "aborted"), ("reconcile-2", "todo"), ("reconcile-1", "todo")]
