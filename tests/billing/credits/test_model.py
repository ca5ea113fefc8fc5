"""Random operations, some at the same time, get the same answers from the ledger as from a naive one."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from billing.credits.clock import at
from billing.credits.invariants import violations
from billing.credits.ledger import call
from billing.credits.models import CreditAccount, CreditEntry, CreditLot
from tests.billing.credits.naive import NaiveLedger
from tests.factories.billing import StripeCustomerFactory

LONG = os.environ.get("FAULTS") == "long"
OPERATIONS = 100_000 if LONG else 2_000
STEPS = 60
EXAMPLES = 100
AT_ONCE = 4

START = datetime(2026, 3, 28, 23, tzinfo=UTC)
# Few different values, so that lots tie, holds and lots end together, and keys are used again.
amounts = st.integers(1, 60).map(lambda quarters: Decimal(quarters) / 4)
keys = st.integers(0, 5).map(str)
many_keys = st.integers(0, 40).map(str)
spans = st.sampled_from([1, 10, 30, 60]).map(lambda minutes: timedelta(minutes=minutes))
_numbers = count(1)


SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


class LedgerMachine(RuleBasedStateMachine):
    """One customer's account, and the same account in Python."""

    pool: ThreadPoolExecutor
    operations = 0

    @initialize()
    def begin(self):
        self.customer = StripeCustomerFactory()
        self.prefix = f"{next(_numbers)}-"
        self.naive = NaiveLedger(START)
        self.ids = {}
        for key, paid in (("0", True), ("1", False), ("2", True)):
            self.grant(key, Decimal(10), timedelta(0), timedelta(minutes=60), paid, 0)

    def call(self, function, *arguments):
        type(self).operations += 1
        with at(self.naive.now):
            return call(function, *arguments)

    @rule(key=keys, amount=amounts, begins=st.just(timedelta(0)) | spans, lasts=st.none() | spans,
          paid=st.booleans(), priority=st.integers(-1, 1))  # fmt: skip
    def grant(self, key, amount, begins, lasts, paid, priority):
        now = self.naive.now
        starts, ends = now + begins, lasts and now + begins + lasts
        category = "paid" if paid else "promotional"
        outcome, lot = self.call(
            "grant",
            self.customer.pk,
            amount,
            "admin",
            self.prefix + key,
            category,
            priority,
            starts,
            ends,
            "",
            None,
        )
        self.ids["lot", key] = lot
        assert outcome == self.naive.grant(key, amount, starts, ends, paid, priority)
        self.compare()

    @rule(key=many_keys, amount=amounts)
    def spend(self, key, amount):
        outcome, entry, available, _ = self._spend(key, amount)
        assert outcome == self.naive.spend(key, amount)
        assert available == self.naive.available
        if outcome == "done":
            self.ids["spend", key] = entry

    def _spend(self, key, amount):
        return self.call("spend", self.customer.pk, amount, f"spend-{key}", "", "", "spend", "", None)

    @rule(wanted=st.lists(st.tuples(many_keys, amounts), min_size=2, max_size=AT_ONCE))
    def spend_at_once(self, wanted):
        """What was done is in the order of the entries; what was refused was too much at some moment."""
        gate = threading.Barrier(len(wanted))
        before = set(self.naive.spends)

        def one(key, amount):
            gate.wait()
            return self._spend(key, amount)

        answers = [answer.result() for answer in [self.pool.submit(one, *each) for each in wanted]]
        told = sorted(
            zip(wanted, answers, strict=True), key=lambda pair: (pair[1][1] is None, pair[1][1] or 0)
        )
        could_have = [self.naive.available]
        for (key, amount), (outcome, entry, _, _) in told:
            if outcome == "done":
                assert self.naive.spend(key, amount) == "done"
                self.ids["spend", key] = entry
                could_have.append(self.naive.available)
        for (key, amount), (outcome, *_) in told:
            if outcome == "insufficient":
                assert key not in before
                assert min(could_have) < amount
            elif outcome != "done":
                assert outcome == self.naive.spend(key, amount)
        self.compare()

    @rule(place=st.integers(0, 40), amount=st.none() | amounts)
    def reverse(self, place, amount):
        if self.naive.spends:
            key = list(self.naive.spends)[place % len(self.naive.spends)]
            entry = self.ids["spend", key]
            outcome, _ = self.call("reverse", entry, amount, f"back-{next(_numbers)}", "", None)
            assert outcome == self.naive.reverse(key, amount)
            self.compare()

    @rule(key=keys, amount=amounts, lasts=spans)
    def hold(self, key, amount, lasts):
        seconds = lasts.total_seconds()
        outcome, hold, *_ = self.call("hold", self.customer.pk, amount, f"hold-{key}", "", "", seconds)
        assert outcome == self.naive.hold(key, amount, self.naive.now + lasts)
        if outcome == "done":
            self.ids["hold", key] = hold

    @rule(key=keys, amount=st.none() | amounts)
    def capture(self, key, amount):
        if hold := self.ids.get(("hold", key)):
            assert self.call("capture", hold, amount)[0] == self.naive.capture(key, amount)
            self.compare()

    @rule(key=keys)
    def release(self, key):
        if hold := self.ids.get(("hold", key)):
            assert self.call("release", hold)[0] == self.naive.release(key)
            self.compare()

    @rule(key=keys, amount=st.none() | amounts, owing=st.booleans())
    def void(self, key, amount, owing):
        if lot := self.ids.get(("lot", key)):
            outcome, _ = self.call("void", lot, amount, owing, f"void-{next(_numbers)}", "", None)
            assert outcome == self.naive.void(key, amount, owing)
            self.compare()

    @rule(passes=spans)
    def wait(self, passes):
        self.naive.go_to(self.naive.now + passes)

    def compare(self):
        with at(self.naive.now):
            call("refresh", self.customer.pk)
        account = CreditAccount.objects.get(customer=self.customer)
        ours = account.available, account.held, account.debt
        assert ours == (self.naive.available, self.naive.held, self.naive.debt)

    def teardown(self):
        if not hasattr(self, "customer"):
            return
        self.compare()
        account = CreditAccount.objects.get(customer=self.customer)
        lots = dict(CreditLot.objects.filter(account=account).values_list("source_ref", "remaining"))
        for key, lot in self.naive.lots.items():
            assert lots[self.prefix + key] == (lot.left if lot.began else lot.granted)
        done = CreditEntry.objects.filter(account=account, kind="spend", hold=None).count()
        assert done == len(self.naive.spends)
        assert [str(violation) for violation in violations([account.pk])] == []


@pytest.mark.django_db(transaction=True)
def test_the_ledger_answers_as_a_naive_one_does():
    with ThreadPoolExecutor(AT_ONCE) as pool:
        LedgerMachine.pool = pool
        while LedgerMachine.operations < OPERATIONS:
            run_state_machine_as_test(LedgerMachine, settings=SETTINGS)
        list(pool.map(lambda _: connection.close(), range(AT_ONCE)))
    assert [str(violation) for violation in violations()] == []
