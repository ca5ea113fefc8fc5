"""Which pages the gate looked up among those a reader bought, and what it found, while something was made."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_found: ContextVar[dict[int, bool] | None] = ContextVar("pages_looked_up", default=None)


@contextmanager
def pages_looked_up() -> Iterator[dict[int, bool]]:
    """The pages looked up inside, by primary key (an alias: its original's), and whether they were bought."""
    found: dict[int, bool] = {}
    token = _found.set(found)
    try:
        yield found
    finally:
        _found.reset(token)


def note_page(page_id: int, is_bought: bool) -> bool:
    """It mattered whether the reader bought this page."""
    found = _found.get()
    if found is not None:
        found[page_id] = is_bought
    return is_bought
