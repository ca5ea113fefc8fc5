"""Runs what the queue holds, as a worker would."""

from collections.abc import Callable

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.webhooks.services import handle_waiting


@pytest.fixture
def work(db: None) -> Callable[[], int]:
    """Does every waiting reconcile once; gives their number."""

    def run() -> int:
        jobs = ProcrastinateJob.objects.filter(task_name="billing.webhooks.tasks.reconcile", status="todo")
        waiting = list(jobs.values_list("pk", "args"))
        from_queue = ProcrastinateJob.objects.filter(pk__in=[pk for pk, _ in waiting])
        from_queue._raw_delete(from_queue.db)
        for _, args in waiting:
            handle_waiting(customer_id=args["customer_id"])
        return len(waiting)

    return run
