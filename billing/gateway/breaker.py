"""Gives a Stripe that does not answer a rest, so that nobody waits for what will fail.

Closed: calls go through, and failures in a row are counted. Open: calls fail at once. After a rest one call,
the probe, goes through: if Stripe answers it, the breaker closes, else it stays open for another rest.
What it remembers lives in Django's cache: with Redis all processes share it, without it each has its own.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any

from django.conf import settings
from django.core.cache import cache

from billing.gateway.errors import CircuitOpen, StripeFailure, StripeUnavailable

logger = logging.getLogger(__name__)

FAILURES, OPENED, PROBE = (f"stripe-breaker-{name}" for name in ("failures", "opened", "probe"))
IN_A_ROW_SECONDS = 300  # failures further apart than this are not one trouble
PROBE_SECONDS = 60  # longer than any call; a probe whose process died holds up the next one this long
FORGOTTEN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class BreakerState:
    """``open_since`` is empty while calls go through; ``retry_in``: seconds until the next probe."""

    failures: int = 0
    open_since: datetime | None = None
    retry_in: float = 0.0


@contextmanager
def guarded() -> Iterator[None]:
    """Let one call to Stripe through and learn from how it ends; raises ``CircuitOpen`` while open."""
    memory = _recall()
    if OPENED in memory:
        _require_probe(memory[OPENED])
    try:
        yield
    except StripeUnavailable:
        _learn_failure(was_open=OPENED in memory)
        raise
    except StripeFailure:  # a refusal is an answer
        _learn_success(memory)
        raise
    else:
        _learn_success(memory)


def breaker_state() -> BreakerState:
    """What the breaker remembers now; asks nobody but the cache."""
    memory = _recall()
    failures = memory.get(FAILURES, 0)
    if OPENED not in memory:
        return BreakerState(failures)
    since = datetime.fromtimestamp(memory[OPENED], tz=UTC)
    return BreakerState(failures, since, _rest_left(memory[OPENED]))


def close_breaker() -> None:
    """Forget every failure: the next call goes through."""
    _remember(lambda: cache.delete_many([FAILURES, OPENED, PROBE]))


def _require_probe(opened: float) -> None:
    rest = _rest_left(opened)
    if rest > 0 or not _remember(lambda: cache.add(PROBE, 1, timeout=PROBE_SECONDS), otherwise=True):
        raise CircuitOpen(retry_in=rest or 1.0)


def _learn_success(memory: dict[str, Any]) -> None:
    if OPENED in memory:
        logger.warning("Stripe answers again")
    if memory:
        close_breaker()


def _learn_failure(*, was_open: bool) -> None:
    if was_open:
        _remember(lambda: cache.set(OPENED, time(), timeout=FORGOTTEN_SECONDS))
        _remember(lambda: cache.delete(PROBE))
    elif _count_failure() >= settings.STRIPE_BREAKER_FAILURES:
        opens = _remember(lambda: cache.add(OPENED, time(), timeout=FORGOTTEN_SECONDS))
        if opens:
            logger.error(
                "Stripe did not answer %s times in a row: calls fail at once, with a probe every %s s",
                settings.STRIPE_BREAKER_FAILURES,
                settings.STRIPE_BREAKER_SECONDS,
            )


def _count_failure() -> int:
    _remember(lambda: cache.add(FAILURES, 0, timeout=IN_A_ROW_SECONDS))
    return int(_remember(lambda: cache.incr(FAILURES), otherwise=1))


def _rest_left(opened: float) -> float:
    return float(max(0.0, opened + settings.STRIPE_BREAKER_SECONDS - time()))


def _recall() -> dict[str, Any]:
    memory: dict[str, Any] = _remember(lambda: cache.get_many([FAILURES, OPENED]), otherwise={})
    return memory


def _remember(act: Any, *, otherwise: Any = None) -> Any:
    """A cache that is gone must not stop payments: without its memory the breaker is closed."""
    try:
        return act()
    except Exception:  # whatever the cache's library raises, and a count that expired between two calls
        logger.warning("The breaker's memory is out of reach", exc_info=True)
        return otherwise
