"""Clients and the database's own processes are killed in mid-spend: what was acknowledged is there, once."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from billing.credits.errors import InsufficientCredits
from billing.credits.grants import Terms, grant
from billing.credits.invariants import violations
from billing.credits.models import CreditEntry
from billing.credits.queries import balance
from billing.credits.services import spend
from billing.customers.models import StripeCustomer
from sandbox.postgres.databases import create_database, with_database
from sandbox.postgres.server import SUPERUSER, Server
from sandbox.postgres.snapshots import read_snapshot, restore_snapshot, write_snapshot
from sandbox.stack.environment import ROOT
from tests.factories.billing import StripeCustomerFactory
from tests.faults.processes import wait_until

KILLS = 20 if os.environ.get("FAULTS") == "long" else 4
CLIENTS = 4
PLENTY = 10**9
CHANCE = random.Random(7)  # noqa: S311  (when to strike)

SPENDER = """
import sys
import django
django.setup()
from django.db import Error, connection
from billing.credits.services import spend
from billing.customers.models import StripeCustomer
payer = StripeCustomer(pk=int(sys.argv[1]))
number = 0
while True:
    key = f"{sys.argv[2]}-{number}"
    try:
        spend(customer=payer, amount=1, key=key)
    except Error:
        connection.close()
        continue  # the answer was lost: ask again with the same key
    print(key, flush=True)
    number += 1
"""


@pytest.fixture
def payer(transactional_db: None) -> StripeCustomer:
    made: StripeCustomer = StripeCustomerFactory()
    return made


@dataclass(frozen=True)
class Spender:
    """A process that spends one credit after the other, and the file in which it says which are done."""

    process: subprocess.Popen[bytes]
    said: Path

    def kill_in_mid_spend(self) -> list[str]:
        """Kill it some time after its first spend; gives what it said was done, up to the last whole line."""
        wait_until(lambda: self.said.stat().st_size > 0, "a client's first spend")
        time.sleep(CHANCE.uniform(0.05, 0.5))
        self.process.kill()
        self.process.wait()
        said = self.said.read_text()
        return said[: said.rfind("\n") + 1].split()


def client(payer: StripeCustomer, name: str, database_url: str, folder: Path) -> Spender:
    """Start a client; a file takes what it says, because nobody listens while it works."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}:{Path(ROOT) / 'site'}",
    }
    said = folder / name
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SPENDER, str(payer.pk), name],
            env=environment,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
    return Spender(process, said)


def check(payer: StripeCustomer, acknowledged: list[str]) -> None:
    keys = CreditEntry.objects.filter(account__customer=payer, kind="spend").values_list("key", flat=True)
    assert acknowledged
    assert set(acknowledged) <= set(keys)
    assert balance(payer).available == PLENTY - len(keys)
    assert [str(violation) for violation in violations()] == []


def test_killed_clients_lose_and_double_nothing(
    payer: StripeCustomer, database_url: str, tmp_path: Path
) -> None:
    grant(customer=payer, amount=PLENTY, terms=Terms("admin", "plenty"))
    acknowledged: list[str] = []
    processes = [client(payer, f"first{number}", database_url, tmp_path) for number in range(CLIENTS)]
    for kill in range(KILLS):
        acknowledged += processes.pop(0).kill_in_mid_spend()
        processes.append(client(payer, f"next{kill}", database_url, tmp_path))
    for process in processes:
        acknowledged += process.kill_in_mid_spend()
    check(payer, acknowledged)


def test_fifty_clients_racing_for_a_hundred_credits_spend_exactly_those(payer: StripeCustomer) -> None:
    grant(customer=payer, amount=100, terms=Terms("admin", "hundred"))
    gate = threading.Barrier(50)

    def race(number: int) -> int:
        gate.wait()
        done = 0
        for turn in range(4):
            try:
                spend(customer=payer, amount=1, key=f"{number}-{turn}")
                done += 1
            except InsufficientCredits:
                break
        connection.close()
        return done

    with ThreadPoolExecutor(50) as pool:
        done = sum(pool.map(race, range(50)))
    assert (done, balance(payer).available) == (100, 0)
    assert CreditEntry.objects.filter(kind="spend").count() == 100
    assert [str(violation) for violation in violations()] == []


@pytest.fixture
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database on a server that has written down whatever it acknowledged, as in production."""
    folder = tmp_path_factory.mktemp("durable")
    server = Server(folder, {"synchronous_commit": "on", "restart_after_crash": "on"})
    server.initialise()
    with (folder / "log").open("wb") as log:
        server.start(log=log)
        try:
            create_database(server.url(SUPERUSER), "credits")
            yield with_database(server.url(SUPERUSER), "credits")
        finally:
            server.stop()


def kill_a_spending_backend(url: str) -> None:
    """SIGKILL a process of PostgreSQL that spends: the server restarts all of them and recovers."""
    wait_until(lambda: _kill_one(url), "a spend that can be killed")


def _kill_one(url: str) -> bool:
    find = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND query LIKE '%billing_credits_spend%'"
    )
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as watcher:
            found = watcher.execute(find).fetchall()
        if found:
            os.kill(CHANCE.choice(found)[0], signal.SIGKILL)
    except psycopg.Error:  # it recovers from the last kill
        return False
    return bool(found)


def wait_for_recovery(url: str) -> None:
    for _ in range(100):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error:
            time.sleep(0.3)
        else:
            return


def test_killed_backends_of_the_database_lose_and_double_nothing(
    payer: StripeCustomer, database_url: str, durable: str, tmp_path: Path
) -> None:
    grant(customer=payer, amount=PLENTY, terms=Terms("admin", "plenty"))
    write_snapshot(database_url, tmp_path / "copy.sql.gz", {})
    copy = read_snapshot(tmp_path / "copy.sql.gz")
    assert copy
    restore_snapshot(durable, copy)
    processes = [client(payer, f"client{number}", durable, tmp_path) for number in range(CLIENTS)]
    for _ in range(KILLS):
        time.sleep(CHANCE.uniform(0.5, 1.5))
        kill_a_spending_backend(durable)
    acknowledged = [key for process in processes for key in process.kill_in_mid_spend()]
    wait_for_recovery(durable)
    with psycopg.connect(durable) as reader:
        keys = [key for (key,) in reader.execute("SELECT key FROM billing_creditentry WHERE kind = 'spend'")]
        (available,) = reader.execute("SELECT available FROM billing_creditaccount").fetchone() or (None,)
    assert acknowledged
    assert set(acknowledged) <= set(keys)
    assert (len(keys), available) == (len(set(keys)), PLENTY - len(keys))
    audit = [sys.executable, str(ROOT / "manage.py"), "credits_audit"]
    environment = {**os.environ, "DATABASE_URL": durable, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    subprocess.run(audit, env=environment, check=True)
