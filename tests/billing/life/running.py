"""Our site and Stripe's sandbox as two servers in this process, whose clocks move together."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.core.cache import cache
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.checkout.expiring_cards import tell_of_expiring_cards
from billing.invoices.reminders import remind_customers
from sandbox.processes import LOOPBACK, free_port, port_answers
from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.server import serve
from sandbox.stripe.world import Settings

PATIENCE = 30  # seconds


class Running:
    """A site that answers at ``address``, and a Stripe that sends it its events over HTTP.

    Time stands still but for ``wait_until``: what a page says does not depend on how quick the machine is.
    """

    def __init__(self, address: str, sandbox: Sandbox) -> None:
        self.address, self.sandbox = address, sandbox

    @property
    def now(self) -> datetime:
        """What both clocks say."""
        return datetime.fromtimestamp(self.sandbox.now, tz=UTC)

    def wait_until(self, moment: str) -> None:
        """Let time pass until then (``2027-03-15 12:00``, UTC), and what it brings arrive."""
        self.sandbox.advance(to=datetime.fromisoformat(moment).replace(tzinfo=UTC))
        cache.clear()  # what was counted in a minute is over
        self.settle()
        remind_customers()
        tell_of_expiring_cards()
        self.settle()

    def settle(self) -> None:
        """Return once every event was taken and every job it led to is done."""
        deadline = time.monotonic() + PATIENCE
        while self.sandbox.events.pending() or _do_waiting_jobs():
            assert time.monotonic() < deadline, "Events or jobs are left over."
            time.sleep(0.02)


def _do_waiting_jobs() -> int:
    """What a worker would do, here where the clock is moved; gives the number of jobs."""
    jobs = ProcrastinateJob.objects.filter(status="todo")
    waiting = list(jobs.order_by("pk").values_list("pk", "task_name", "args"))
    taken = ProcrastinateJob.objects.filter(pk__in=[pk for pk, _, _ in waiting])
    taken._raw_delete(taken.db)
    for _, name, arguments in waiting:
        task = app.tasks[name]
        task(
            *([None] if task.pass_context else []), **arguments
        )  # they ask it about attempts after a failure
    return len(waiting)


@contextmanager
def stripe_over_http(now: datetime) -> Iterator[tuple[Sandbox, str]]:
    """A sandbox whose clock stands at ``now``, and its address."""
    port = free_port()
    address = f"http://{LOOPBACK}:{port}"
    sandbox = Sandbox(now=now, settings=Settings(site_url=address))
    stop = threading.Event()
    server = threading.Thread(target=serve, args=(sandbox, port, stop), name="stripe")
    server.start()
    try:
        while not port_answers(port):
            time.sleep(0.01)
        yield sandbox, address
    finally:
        stop.set()
        server.join()
        sandbox.close()
