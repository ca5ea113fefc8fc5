"""Spending credits beside the usual ways, a balance of a thousand and a million lines, one hot account."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import connection

from benchmarks.credit_peers import bare_spend, peer_account, waterfall_spend
from benchmarks.hordak_peer import hordak_process
from benchmarks.measure import Form, Result, compare, summarise
from billing.credits.grants import Terms, grant
from billing.credits.models import CreditAccount
from billing.credits.queries import balance
from billing.credits.services import spend
from billing.customers.models import StripeCustomer
from tests.factories.billing import StripeCustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

_keys = count(1)
TIMES = 200
HOT_ROUNDS = 7
HOT_SECONDS = 1.0
# Twice the bare transaction, or a thousand a second: what is less is the goal.
ENOUGH = 1_000


def rich() -> StripeCustomer:
    """Somebody whose credits do not run out."""
    payer: StripeCustomer = StripeCustomerFactory()
    grant(customer=payer, amount=10**9, terms=Terms("admin", f"bench-{payer.pk}"))
    return payer


@pytest.fixture
def peer() -> Iterator[int]:
    with peer_account() as account_id:
        yield account_id


def key() -> str:
    return f"key-{next(_keys)}"


def test_a_spend_beside_the_bare_transaction(report: Callable[[Result], None], peer: int) -> None:
    payer = rich()
    report(
        compare(
            "credits: spend",
            lambda: spend(customer=payer, amount=1, key=key()),
            lambda: bare_spend(peer, key()),
            peer_name="atomic() with an F() update and a create(), no lots",
            goal=2,
            times=TIMES,
        )
    )


def test_a_spend_beside_the_waterfall(report: Callable[[Result], None], peer: int) -> None:
    payer = rich()
    report(
        compare(
            "credits: spend from lots",
            lambda: spend(customer=payer, amount=1, key=key()),
            lambda: waterfall_spend(peer, key()),
            peer_name="select_for_update and a walk over the lots in Python",
            goal=5,
            times=TIMES,
        )
    )


def test_a_spend_beside_hordak(report: Callable[[Result], None], database_url: str) -> None:
    payer = rich()
    with hordak_process(database_url) as transfer:
        rounds = []
        for _ in range(16):
            started = time.perf_counter()
            for _ in range(TIMES):
                spend(customer=payer, amount=1, key=key())
            ours = (time.perf_counter() - started) / TIMES * 1_000_000
            rounds.append((ours, transfer(TIMES)))
    report(
        summarise(
            "credits: spend on one connection",
            rounds[1:],
            peer_name="a transfer of django-hordak",
            goal=4,
            unit="µs",
        )
    )


def test_a_balance_of_a_million_lines(report: Callable[[Result], None]) -> None:
    short, long = rich(), rich()
    for payer, lines in ((short, 1_000), (long, 1_000_000)):
        _write_lines(payer, lines)
    report(
        compare(
            "credits: balance with 1,000,000 lines",
            lambda: balance(long),
            lambda: balance(short),
            peer_name="with 1,000 lines",
            goal=1.2,
            times=TIMES,
            form=Form.COST,
        )
    )


def test_one_account_and_sixty_four_callers(report: Callable[[Result], None], peer: int) -> None:
    payer = rich()
    rounds = [
        (
            _rate(64, lambda: spend(customer=payer, amount=1, key=key())),
            min(_rate(8, lambda: bare_spend(peer, key())), ENOUGH / 2),
        )
        for _ in range(HOT_ROUNDS + 1)
    ]
    report(
        summarise(
            "credits: one account, 64 callers",
            rounds[1:],
            peer_name="the bare transaction with 8 callers, or 500/s",
            goal=2,
            unit="spends/s",
            form=Form.THROUGHPUT,
        )
    )


def _write_lines(payer: StripeCustomer, lines: int) -> None:
    """History as it would stand there, written at once."""
    account = CreditAccount.objects.get(customer=payer)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_creditentry (account_id, kind, amount, balance_after, key, feature,"
            " reference, reason, created_at) SELECT %s, 'spend', -1, 0, 'old-' || n, '', '', '', now()"
            " FROM generate_series(1, %s) n",
            [account.pk, lines],
        )
        cursor.execute("ANALYZE billing_creditentry")


def _rate(callers: int, what: Callable[[], object]) -> float:
    """How many a second, by so many callers on connections of their own."""
    ready, end = threading.Barrier(callers + 1), threading.Event()

    def call() -> int:
        connection.ensure_connection()
        ready.wait()
        done = 0
        while not end.is_set():
            what()
            done += 1
        connection.close()
        return done

    with ThreadPoolExecutor(callers) as pool:
        answers = [pool.submit(call) for _ in range(callers)]
        ready.wait()
        started = time.perf_counter()
        time.sleep(HOT_SECONDS)
        end.set()
        total = sum(answer.result() for answer in answers)
        return total / (time.perf_counter() - started)
