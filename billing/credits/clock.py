"""The ledger's clock is the database's; tests put it to a moment of their choice."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

_moment: ContextVar[datetime | None] = ContextVar("credits_moment", default=None)


def moment() -> datetime | None:
    """The moment the ledger is asked about; ``None``: whatever the database's clock says under the lock."""
    return _moment.get()


@contextmanager
def at(when: datetime) -> Iterator[None]:
    """Let it be ``when`` for the ledger."""
    token = _moment.set(when)
    try:
        yield
    finally:
        _moment.reset(token)
