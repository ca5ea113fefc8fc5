"""How a job that asks Stripe is repeated: an outage delays it, however long, and is no failure of the job."""

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from billing.gateway.errors import CircuitOpen, StripeUnavailable

LONGEST_WAIT = 600  # seconds


class UntilStripeAnswers(BaseRetryStrategy):
    """Repeats a job while Stripe is out of reach, and ``other_attempts`` times after any other failure.

    It waits 2, 4, 8… seconds, ten minutes at most, and never less than the breaker's rest. For jobs without a
    queueing lock: with one, the next job would be refused while this one waits.
    """

    def __init__(self, *, other_attempts: int = 0) -> None:
        self.other_attempts = other_attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; ``None``: not any more."""
        if not isinstance(exception, StripeUnavailable) and job.attempts >= self.other_attempts:
            return None
        rest = int(exception.retry_in) + 1 if isinstance(exception, CircuitOpen) else 0
        return RetryDecision(retry_in={"seconds": max(rest, min(2 ** (job.attempts + 1), LONGEST_WAIT))})
