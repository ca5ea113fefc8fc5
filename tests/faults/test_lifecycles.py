"""Whatever customers do and whatever gets lost, doubled, shuffled or killed: the end is Stripe's state."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults.lives import ACTS, Life
from tests.faults.troubled import TroubledSite
from tests.faults.verdict import require_the_truth

LONG = os.environ.get("FAULTS") == "long"
EXAMPLES, STEPS = (150, 25) if LONG else (6, 12)
DEATHS = st.fixed_dictionaries(
    {
        "dies_at_request": st.none() | st.integers(0, 5),
        "dies_before": st.booleans(),
        "dies_at_query": st.none() | st.integers(0, 40),
    }
)


class Lifecycle(RuleBasedStateMachine):
    """One customer, the acts of their life, and the trouble of delivering and working."""

    def __init__(self) -> None:
        super().__init__()
        self.site = TroubledSite()

    @initialize(plan=st.integers(0, 1), trial_days=st.sampled_from([0, 0, 14]), death=DEATHS)
    def begin(self, plan: int, trial_days: int, death: dict[str, Any]) -> None:
        self.site.life.subscribe(plan=plan, trial_days=trial_days)
        self.last_death = death

    @rule(act=st.sampled_from(ACTS))
    def something_happens(self, act: Any) -> None:
        act(self.site.life)

    @rule(days=st.sampled_from([1, 4, 16, 32]))
    def time_passes(self, days: int) -> None:
        self.site.sandbox.advance(days=days)

    @rule(copies=st.integers(1, 3), seed=st.integers(0, 999), lost=st.sampled_from([0, 0, 0.3, 1]))
    def events_come(self, copies: int, seed: int, lost: float) -> None:
        self.site.deliver(copies=copies, seed=seed, lost=lost)

    @rule(death=DEATHS)
    def a_worker_works_and_may_die(self, death: dict[str, Any]) -> None:
        self.site.work(**death)

    @rule()
    def a_worker_dies_before_its_job_is_marked(self) -> None:
        self.site.work_twice()

    def teardown(self) -> None:
        """The last events come, and whoever works on them dies: nothing that comes later puts it right."""
        try:
            self.site.deliver(copies=1, seed=0, lost=0)
            self.site.work(**self.last_death)
            self.site.settle()
            require_the_truth(self.site.client, [self.site.customer])
        finally:
            self.site.close()


@pytest.mark.django_db
def test_every_life_ends_in_stripes_state() -> None:
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_a_deleted_customers_plan_ends_though_every_event_was_lost() -> None:
    site = TroubledSite()
    try:
        site.life.subscribe()
        site.deliver(copies=1, seed=0, lost=0)
        Life.leave(site.life)
        site.deliver(copies=1, seed=0, lost=1)
        site.settle()
        require_the_truth(site.client, [site.customer])
    finally:
        site.close()


@pytest.mark.django_db
def test_credits_of_a_period_that_was_paid_before_a_change_are_granted_though_nobody_looked_between() -> None:
    site = TroubledSite()
    try:
        site.life.subscribe(plan=1)
        site.life.change_plan()
        site.settle()
        require_the_truth(site.client, [site.customer])
    finally:
        site.close()
