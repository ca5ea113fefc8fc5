"""Random operations, some at the same time, get the same answers from the ledger as from a naive one."""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from billing.catalog.models import PlanVersion
from billing.credits.clock import at
from billing.credits.errors import InvalidAmount
from billing.credits.grants import Terms, grant, take_back
from billing.credits.invariants import violations
from billing.credits.models import CreditLot
from billing.credits.plan_credits import allocate
from billing.credits.reading import PaidLine
from billing.credits.services import hold, spend
from tests.billing.credits import requests
from tests.billing.credits.asked import RealLedger
from tests.billing.credits.naive import NaiveLedger
from tests.billing.credits.naive_rows import Request
from tests.billing.credits.orders import in_some_order
from tests.factories.billing import PlanVersionFactory, PriceFactory, StripeCustomerFactory

LONG = os.environ.get("FAULTS") == "long"
OPERATIONS = 100_000 if LONG else 2_000
EXAMPLES = 100 if LONG else 8
STEPS = 60
AT_ONCE = 8
SEED = int(os.environ.get("MODEL_SEED", random.randrange(10**6)))  # noqa: S311

# The clock of Vienna jumps two hours later; the ledger's does not.
START = datetime(2026, 3, 28, 23, tzinfo=UTC)
PLAN_GIVES, PLAN_KEEPS = Decimal(10), Decimal(15)
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
    at_once = 0

    @initialize()
    def begin(self):
        self.real = RealLedger(StripeCustomerFactory(), f"{next(_numbers)}-")
        self.naive = NaiveLedger(START)
        for key, paid in (("0", True), ("1", False), ("2", True)):
            self.ask(Request("grant", key, Decimal(10), lasts=timedelta(minutes=60), paid=paid))

    @rule(request=requests.one)
    def ask(self, request):
        request = self.real.named(request)
        answer = self.real.answer(request, self.naive.now)
        self.real.learn(request, answer)
        assert self.naive.answer(request) == answer.said
        type(self).operations += 1

    @rule(wanted=st.lists(requests.one, min_size=2, max_size=AT_ONCE))
    def ask_at_once(self, wanted):
        """What comes at the same time is answered as if it had come in some order."""
        wanted = [self.real.named(request) for request in wanted]
        gate = threading.Barrier(len(wanted))

        def one(request):
            gate.wait()
            return self.real.answer(request, self.naive.now)

        answered = [(request, self.pool.submit(one, request)) for request in wanted]
        answered = [(request, answer.result()) for request, answer in answered]
        for request, answer in answered:
            self.real.learn(request, answer)
        found = in_some_order(self.naive, answered, self.real.state(self.naive.now))
        assert found, f"no order explains {answered}"
        self.naive = found
        type(self).operations += len(wanted)
        type(self).at_once += len(wanted)

    @rule(wanted=st.lists(requests.spending, min_size=1, max_size=AT_ONCE - 1))
    def spend_twice_at_once(self, wanted):
        """A double click among others: the first of them comes again at the same time."""
        self.ask_at_once([*wanted, wanted[0]])

    @rule(line=st.integers(0, 2))
    def renew(self, line):
        """A plan's credits come once for each line of an invoice, and the cap bounds what is carried over."""
        key, now = f"plan-{line}", self.naive.now
        paid = PaidLine(
            self.real.prefix + key, f"sub_{self.real.prefix}", "price_model", 1, 1900, False,
            now, now + timedelta(days=30), "",
        )  # fmt: skip
        with at(now):
            allocate([paid], customer=self.real.customer, periods={})
        self.naive.renew(key, PLAN_GIVES, PLAN_KEEPS)
        self.real.rows["lot", key] = CreditLot.objects.get(source_ref=self.real.prefix + key).pk
        type(self).operations += 1
        self.compare()

    @rule(amount=st.sampled_from(requests.HOSTILE), verb=st.sampled_from([spend, hold, grant, take_back]))
    def ask_for_what_is_no_amount(self, amount, verb):
        rest = {"terms": Terms("admin", "bad")} if verb is grant else {"key": "bad"}
        rest |= {"reason": "", "by": None} if verb is take_back else {}
        with pytest.raises(InvalidAmount):
            verb(customer=self.real.customer, amount=amount, **rest)
        type(self).operations += 1

    @rule(passes=requests.spans)
    def wait(self, passes):
        self.naive.go_to(self.naive.now + passes)

    @rule()
    def compare(self):
        assert self.real.state(self.naive.now) == self.naive.state()

    def teardown(self):
        if hasattr(self, "real"):
            self.compare()
            account = self.real.customer.credit_account.pk
            assert [str(violation) for violation in violations([account])] == []


@pytest.mark.django_db(transaction=True)
def test_the_ledger_answers_as_a_naive_one_does(capsys):
    version = PlanVersionFactory(
        credits_per_period=PLAN_GIVES, credits_rollover=PlanVersion.Rollover.CAPPED, credits_cap=PLAN_KEEPS
    )
    PriceFactory(version=version, stripe_price_id="price_model")
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            LedgerMachine.pool = pool
            for run in count(SEED):
                run_state_machine_as_test(seed(run)(LedgerMachine), settings=SETTINGS)
                if LedgerMachine.operations >= OPERATIONS:
                    break
            list(pool.map(lambda _: connection.close(), range(AT_ONCE)))
        assert [str(violation) for violation in violations()] == []
    finally:
        with capsys.disabled():
            done, at_once = LedgerMachine.operations, LedgerMachine.at_once
            print(f"\n{done} operations, {at_once} of them at once, MODEL_SEED={SEED}")  # noqa: T201
