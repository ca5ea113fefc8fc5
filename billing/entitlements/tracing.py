"""Which answers a piece of work got: a cache of its result has to keep apart who would get others."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_given: ContextVar[dict[str, str] | None] = ContextVar("answers_given", default=None)


@contextmanager
def answers_given() -> Iterator[dict[str, str]]:
    """Feature → reason, of everything that ``check`` answers inside, whatever code asks."""
    given: dict[str, str] = {}
    token = _given.set(given)
    try:
        yield given
    finally:
        _given.reset(token)


def note_answer(feature: str, reason: str) -> None:
    """Somebody was given this answer."""
    given = _given.get()
    if given is not None:
        given[feature] = reason
