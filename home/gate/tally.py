"""Counts what happens at the gate: in memory, written down every few seconds, so that no reader waits.

Sums per page and day only. A process that is killed loses the last seconds of them.
"""

import atexit
from collections import Counter
from contextlib import suppress
from threading import Lock
from time import monotonic

from django.db import DatabaseError, connection
from django.utils import timezone

WRITE_EVERY = 10.0  # seconds
COLUMNS = ("views", "refusals", "unlocks", "sign_ups")

# Rows come in the order of their keys, so that two processes never wait for each other in a circle. A page
# that is gone meanwhile is left out.
WRITE = """
INSERT INTO home_gateday AS known (page_id, day, views, refusals, unlocks, sign_ups)
SELECT told.page, told.day, told.views, told.refusals, told.unlocks, told.sign_ups
FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[], %s::int[], %s::int[])
    AS told (page, day, views, refusals, unlocks, sign_ups)
JOIN wagtailcore_page ON wagtailcore_page.id = told.page
ORDER BY told.page, told.day
ON CONFLICT (page_id, day) DO UPDATE SET
    views = known.views + EXCLUDED.views,
    refusals = known.refusals + EXCLUDED.refusals,
    unlocks = known.unlocks + EXCLUDED.unlocks,
    sign_ups = known.sign_ups + EXCLUDED.sign_ups
"""


class Tally:
    """What this process counted since it last wrote."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[int, object, str]] = Counter()
        self._lock = Lock()
        self._written_at = monotonic()

    def count(self, page_id: int, what: str) -> None:
        """Add one; now and then this writes everything down, with one query."""
        with self._lock:
            self._counted[page_id, timezone.now().date(), what] += 1
            is_due = monotonic() - self._written_at >= WRITE_EVERY
        if is_due:
            self.write()

    def write(self) -> None:
        """Write down what was counted."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
            self._written_at = monotonic()
        if counted:
            _store(counted)

    def write_at_exit(self) -> None:
        """Write the last of it, if the database is still there."""
        with suppress(DatabaseError):
            self.write()


def _store(counted: Counter[tuple[int, object, str]]) -> None:
    keys = sorted({(page_id, day) for page_id, day, _ in counted}, key=str)
    sums = [[counted[page_id, day, column] for page_id, day in keys] for column in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[key[0] for key in keys], [key[1] for key in keys], *sums])


tally = Tally()
count = tally.count
atexit.register(tally.write_at_exit)
