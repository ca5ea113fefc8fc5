"""Runs what the queue holds, as a worker would."""

from collections.abc import Callable

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.webhooks.comparison import handle_catalog_events
from billing.webhooks.jobs import COMPARE, RECONCILE, TRACE
from billing.webhooks.services import handle_waiting
from billing.webhooks.tracing import trace_owner


def take(task: str) -> list[dict[str, int]]:
    """The arguments of the waiting jobs of a task, which are done with that."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status="todo")
    waiting = list(jobs.values_list("pk", "args"))
    from_queue = ProcrastinateJob.objects.filter(pk__in=[pk for pk, _ in waiting])
    from_queue._raw_delete(from_queue.db)
    return [args for _, args in waiting]


@pytest.fixture
def work(db: None) -> Callable[[], int]:
    """Does every waiting job of the inbox once; gives the number of reconciles."""

    def run() -> int:
        for args in take(TRACE):
            trace_owner(event_id=args["event_id"])
        for _ in take(COMPARE):
            handle_catalog_events()
        reconciles = take(RECONCILE)
        for args in reconciles:
            handle_waiting(customer_id=args["customer_id"])
        return len(reconciles)

    return run
