"""The whole site as processes, in a storm: web and worker are shot, PostgreSQL and Stripe are restarted."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import environ
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway.client import connection as stripe_connection
from billing.publishing.services import publish, request_publication
from billing.webhooks.endpoint import ensure_endpoint
from billing.webhooks.models import InboxEvent
from sandbox.postgres.databases import create_database
from sandbox.postgres.schema import prepare_schema
from sandbox.postgres.server import SUPERUSER, Server
from sandbox.postgres.shared import FAST_AND_UNSAFE
from sandbox.processes import LOOPBACK
from sandbox.stack.environment import ROOT
from tests.factories.billing import PlanVersionFactory, PriceFactory, UserFactory
from tests.factories.stripe_server import Server as StripeServer
from tests.faults.lives import ACTS, Life
from tests.faults.processes import WORKER, Program, wait_until, web
from tests.plugins.databases import LOCAL

SETTLED_WITHIN = 300  # seconds
DATABASE = "storm"
Blow = Callable[[], None]


class Storm:
    """Everything that runs, and what has happened to it. ``figures`` counts the blows."""

    def __init__(self, folder: Path, port: int, chance: Random) -> None:
        self.chance = chance
        self.postgres = Server(folder / "postgres", {**FAST_AND_UNSAFE, "autovacuum": "on"})
        self.log = folder / "postgres.log"
        self.stripe = StripeServer(folder / "stripe")
        self.address = f"http://{LOOPBACK}:{port}"
        environment = {
            "DATABASE_URL": self.postgres.url(DATABASE),
            "STRIPE_API_BASE": self.stripe.address,
            "SITE_URL": self.address,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
        }
        self.web = Program(web(port), environment, folder / "web.log")
        self.worker = Program(WORKER, environment, folder / "worker.log")
        self.figures: Counter[str] = Counter()
        self.workers_seen = 0
        self.customers: list[StripeCustomer] = []
        self.lives: list[Life] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start everything, and stop it at the end of the block."""
        with ExitStack() as stack:
            self.postgres.initialise()
            self._start_postgres()
            stack.callback(self.postgres.stop)
            create_database(self.postgres.url(SUPERUSER), DATABASE)
            stack.enter_context(_connected_to(self.postgres.url(DATABASE)))
            prepare_schema(self.postgres.url(DATABASE), cache=LOCAL / "snapshots", say=lambda _: None)
            self.stripe.start()
            stack.callback(lambda: self.stripe.end(signal.SIGTERM))
            for program in (self.web, self.worker):
                program.start()
                stack.callback(program.kill)
            yield

    def open_shop(self, customers: int) -> None:
        """Two plans on sale, and so many customers who begin with one of them."""
        stripe_connection.open()
        ensure_endpoint()
        for key, amount, given in (("crew", 1900, 0), ("captain", 4900, 100)):
            version = PlanVersionFactory(plan__key=key, plan__name=key.title(), credits_per_period=given)
            PriceFactory(version=version, amount=amount)
        publish(publication=request_publication())
        self.customers = [ensure_customer(user=UserFactory()) for _ in range(customers)]
        prices = [price.id for price in self.stripe.stripe.v1.prices.list().data]
        self.lives = [Life(self.stripe.stripe, one.stripe_id, prices) for one in self.customers]
        for number, life in enumerate(self.lives):
            life.subscribe(plan=number)

    def rage(self, *, kills: int, restarts: int) -> None:
        """Let everybody live on while processes die: ``restarts`` for PostgreSQL and Stripe each."""
        blows: list[Blow] = [self.chance.choice([self._shoot_web, self._shoot_worker]) for _ in range(kills)]
        blows += [self._restart_postgres, self._restart_stripe] * restarts
        self.chance.shuffle(blows)
        for blow in blows:
            self._live_on()
            blow()
            self._look_after()

    def settle(self) -> None:
        """Wait until Stripe has told everything and everything has been worked off."""
        deadline = time.monotonic() + SETTLED_WITHIN
        while not self._is_calm():
            assert time.monotonic() < deadline, f"It is not over after {SETTLED_WITHIN} s: {self._rest()}"
            self._look_after()
            _let_a_minute_pass()
            time.sleep(2)

    def events(self) -> list[str]:
        """The ids of all that Stripe had to tell this site."""
        told = self.stripe.stripe.v1.events.list({"limit": 100}).auto_paging_iter()
        wanted = set(ensure_endpoint().enabled_events)
        return [event.id for event in told if event.type in wanted]

    def _live_on(self) -> None:
        for life in self.chance.sample(self.lives, k=min(2, len(self.lives))):
            self.chance.choice(ACTS)(life)
        if self.chance.random() < 0.3:
            self._move_clock(days=self.chance.choice([1, 4, 16, 32]))

    def _move_clock(self, *, days: int) -> None:
        [newest] = self.stripe.stripe.v1.events.list({"limit": 1}).data
        date = datetime.fromtimestamp(newest.created, tz=UTC) + timedelta(days=days)
        form = urlencode({"date": f"{date:%Y-%m-%dT%H:%M:%S}"}).encode()
        try:
            urlopen(f"{self.stripe.address}/clock", data=form, timeout=60).close()
        except HTTPError as error:  # the clock is past that day already
            error.close()

    def _shoot_web(self) -> None:
        self._wait_until(self._web_answers, "the start of the web server")
        self._shoot(self.web)

    def _shoot_worker(self) -> None:
        seen = self.workers_seen
        self._wait_until(lambda: started_workers() > seen, "the start of the worker")
        self.workers_seen = started_workers()
        self._shoot(self.worker)

    def _shoot(self, program: Program) -> None:
        time.sleep(self.chance.uniform(0, 1))
        program.kill()
        program.start()
        self.figures["kills"] += 1

    def _restart_postgres(self) -> None:
        time.sleep(self.chance.uniform(0, 1))
        self.postgres.stop()
        connection.close()
        self._start_postgres()
        self.figures["restarts of PostgreSQL"] += 1

    def _restart_stripe(self) -> None:
        self.stripe.end(signal.SIGKILL)
        self.stripe.start()
        self.figures["restarts of Stripe"] += 1

    def _start_postgres(self) -> None:
        with self.log.open("ab") as log:
            self.postgres.start(log=log)

    def _wait_until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait for it, and start again meanwhile what ends because it found no database."""

        def happened_or_looked_after() -> bool:
            self._look_after()
            return happened()

        wait_until(happened_or_looked_after, what, patience=120)

    def _look_after(self) -> None:
        ended = [program.start_again_if_it_ended() for program in (self.web, self.worker)]
        self.figures["ended by themselves"] += sum(ended)

    def _web_answers(self) -> bool:
        try:
            urlopen(f"{self.address}/healthz", timeout=5).close()
        except OSError:
            return False
        return True

    def _is_calm(self) -> bool:
        told = self.stripe.stripe.v1.events.list({"limit": 100}).auto_paging_iter()
        return not any(event.pending_webhooks for event in told) and not any(self._rest().values())

    def _rest(self) -> dict[str, int]:
        jobs = ProcrastinateJob.objects.filter(queue_name="billing", status__in=["todo", "doing"])
        jobs = jobs.exclude(task_name__in=PERIODIC)
        return {
            "events": InboxEvent.objects.filter(state=InboxEvent.State.RECEIVED).count(),
            "jobs": jobs.count(),
        }


PERIODIC = ["billing.webhooks.tasks.sweep_inbox"]


@contextmanager
def _connected_to(url: str) -> Iterator[None]:
    """Let this process's Django work on that database."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(environ.Env.db_url_config(url))
    try:
        yield
    finally:
        connection.close()
        stripe_connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def started_workers() -> int:
    """How many workers have begun so far, the dead ones too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers")
        return int(cursor.fetchone()[0])


def _let_a_minute_pass() -> None:
    """Make what waits a minute older, in place of waiting for it: the dead, and what they left behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute' "
            "WHERE id < (SELECT max(id) FROM procrastinate_workers)"
        )
        cursor.execute("UPDATE billing_inboxevent SET received_at = received_at - interval '1 minute'")
    for task in ("rescue_jobs", *PERIODIC):
        with suppress(AlreadyEnqueued):
            app.configure_task(task, queue="billing").defer(timestamp=0)
