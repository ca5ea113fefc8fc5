"""Our site in this process, with a Stripe whose events get lost and workers that die at any moment."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.audits.tasks import compare_with_stripe
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway.breaker import close_breaker
from billing.gateway.client import connection as stripe_connection
from billing.publishing.services import publish, request_publication
from billing.webhooks import tasks
from billing.webhooks.endpoint import ensure_endpoint
from billing.webhooks.jobs import COMPARE, RECONCILE, TRACE
from billing.webhooks.models import InboxEvent
from billing.webhooks.services import sweep
from sandbox.stripe import Sandbox
from tests.billing.conftest import OutsideTransactions
from tests.factories.billing import PlanVersionFactory, PriceFactory, UserFactory
from tests.faults.lives import Life

JOBS: dict[str, Callable[..., None]] = {
    RECONCILE: tasks.reconcile,
    TRACE: tasks.trace,
    COMPARE: tasks.compare_catalog,
}
ROUNDS = 30


class Killed(BaseException):
    """The process is gone: nothing after this runs in it."""


class DyingTransport(OutsideTransactions):
    """Carries requests, and dies before or after one of them when told to."""

    dies_at: int | None = None
    dies_before = True

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """One request, perhaps the last."""
        if self._is_last() and self.dies_before:
            raise Killed
        answer = super().request(*args, **kwargs)
        if self._is_last():
            raise Killed
        if self.dies_at is not None:
            self.dies_at -= 1
        return answer

    def _is_last(self) -> bool:
        return self.dies_at == 0


class TroubledSite:
    """A shop with two plans and one customer; everything in it may go wrong, and ends in Stripe's state."""

    def __init__(self) -> None:
        self._transaction = transaction.atomic()
        self._transaction._from_testcase = True  # as Django's own around a test: ours may still be durable
        self._transaction.__enter__()
        self.sandbox = Sandbox()
        self.transport = DyingTransport(self.sandbox)
        stripe_connection.open(http_client=self.transport)
        close_breaker()
        self.endpoint = ensure_endpoint()
        self.customer: StripeCustomer = ensure_customer(user=UserFactory())
        prices = [self._sell("crew", 1900, 0), self._sell("captain", 4900, 100)]
        self.client = self.sandbox.client()
        self.life = Life(self.client, self.customer.stripe_id, prices)
        self.browser = Client()
        self.has_lost = False

    def close(self) -> None:
        """Leave nothing behind."""
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)
        close_breaker()
        stripe_connection.close()
        self.sandbox.close()

    def deliver(self, *, copies: int, seed: int, lost: float) -> None:
        """Bring what Stripe has to tell: doubled, shuffled, and a share of it never."""
        chance = Random(seed)  # noqa: S311  (chance, not secrets)

        def lose(_: Any) -> bool:
            is_lost = chance.random() < lost
            self.has_lost |= is_lost
            return is_lost

        self.sandbox.deliver(self._post, duplicate=copies, shuffle=chance, lose=lose)

    def work(self, *, dies_at_request: int | None, dies_before: bool, dies_at_query: int | None) -> None:
        """Do one job; the worker may die at a request to Stripe or at a statement of the database."""
        job = self._next_job()
        if job is None:
            return
        self._take(job)
        self.transport.dies_at, self.transport.dies_before = dies_at_request, dies_before
        try:
            with _dying_at(dies_at_query):
                JOBS[job.task_name](**job.args)
        except Killed:
            pass
        finally:
            self.transport.dies_at = None

    def work_twice(self) -> None:
        """Do one job, die before it is marked as done, and do it again."""
        job = self._next_job()
        if job:
            self._take(job)
            for _ in range(2):
                JOBS[job.task_name](**job.args)

    def settle(self) -> None:
        """What time brings by itself: the last events, the sweeper; the night, where events were lost."""
        self.sandbox.deliver(self._post)
        self._sweep()
        if self.has_lost:
            compare_with_stripe(timestamp=0)
            self._sweep()

    def _sweep(self) -> None:
        for _ in range(ROUNDS):
            InboxEvent.objects.update(received_at=timezone.now() - timedelta(minutes=2))
            sweep()
            while self._next_job():
                self.work(dies_at_request=None, dies_before=True, dies_at_query=None)
            if not InboxEvent.objects.filter(state=InboxEvent.State.RECEIVED).exists():
                return
        raise AssertionError("The sweeper finds something again and again.")

    def _sell(self, key: str, amount: int, credits_per_period: int) -> str:
        version = PlanVersionFactory(
            plan__key=key, plan__name=key.title(), credits_per_period=credits_per_period
        )
        price = PriceFactory(version=version, amount=amount)
        publish(publication=request_publication())
        price.refresh_from_db()
        return str(price.stripe_price_id)

    def _next_job(self) -> ProcrastinateJob | None:
        return ProcrastinateJob.objects.filter(task_name__in=JOBS, status="todo").order_by("pk").first()

    def _take(self, job: ProcrastinateJob) -> None:
        ProcrastinateJob.objects.filter(pk=job.pk)._raw_delete(connection.alias)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        sent = {name: value for name, value in headers.items() if name != "Content-Type"}
        response = self.browser.post(urlsplit(url).path, body, content_type="application/json", headers=sent)
        return response.status_code


@contextmanager
def _dying_at(query: int | None) -> Iterator[None]:
    """Die instead of the so-manieth statement; what its transaction wrote is gone, as on a real death.

    That is done by the savepoints that stand for transactions here, so they work for the dead too.
    """
    left = [query]

    def execute(run: Any, sql: Any, *arguments: Any) -> Any:
        if str(sql).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return run(sql, *arguments)
        if left[0] == 0:
            raise Killed
        if left[0] is not None:
            left[0] -= 1
        return run(sql, *arguments)

    with connection.execute_wrapper(execute):
        yield
