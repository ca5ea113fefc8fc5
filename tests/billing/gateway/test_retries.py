"""An outage delays a job and never fails it."""

from datetime import UTC, datetime

import pytest
from procrastinate.jobs import Job

from billing.gateway.errors import CircuitOpen, StripeRefused, StripeUnavailable
from billing.gateway.retries import LONGEST_WAIT, UntilStripeAnswers


def wait_after(exception, attempts, **options):
    """The seconds until the next try; ``None`` where there is none."""
    job = Job(id=1, queue="billing", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
    decision = UntilStripeAnswers(**options).get_retry_decision(exception=exception, job=job)
    return decision and round((decision.retry_at - datetime.now(UTC)).total_seconds())


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (3, 16), (50, LONGEST_WAIT)])
def test_an_outage_is_waited_out_longer_each_time(attempts, seconds):
    assert wait_after(StripeUnavailable(), attempts) == seconds


def test_no_job_knocks_during_the_breakers_rest():
    assert wait_after(CircuitOpen(retry_in=29.5), 0) == 30


def test_another_failure_ends_the_job_when_its_attempts_are_used_up():
    assert wait_after(StripeRefused(), 7, other_attempts=8) == 256
    assert wait_after(StripeRefused(), 8, other_attempts=8) is None
    assert wait_after(ValueError(), 0) is None
