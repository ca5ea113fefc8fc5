"""How fast Stripe is asked: a bucket that fills at a steady rate, from which each call takes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Pace:
    """``per_second`` calls on average, a second's worth at once at most."""

    per_second: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _level: float = field(init=False)
    _filled_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin with a full bucket."""
        self._level, self._filled_at = max(self.per_second, 1.0), self.now()

    def take(self) -> None:
        """Wait until a call may be made."""
        self._fill()
        if self._level < 1:
            self.sleep((1 - self._level) / self.per_second)
            self._fill()
        self._level -= 1

    def _fill(self) -> None:
        moment = self.now()
        full = max(self.per_second, 1.0)
        self._level = min(full, self._level + (moment - self._filled_at) * self.per_second)
        self._filled_at = moment


_pace: ContextVar[Pace | None] = ContextVar("stripe_pace", default=None)


@contextmanager
def at_pace(pace: Pace) -> Iterator[None]:
    """Let every call to Stripe within this block wait for its turn, so that customers' calls find room."""
    token = _pace.set(pace)
    try:
        yield
    finally:
        _pace.reset(token)


def wait_for_turn() -> None:
    """Wait until the next call may be made; at once where nobody set a pace."""
    pace = _pace.get()
    if pace:
        pace.take()
