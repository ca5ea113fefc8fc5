"""Calendar arithmetic of billing periods, in UTC, anchored so that the 31st comes back after February."""

from __future__ import annotations

import calendar
import datetime as dt

DAY = 86_400
_FIXED = {"day": DAY, "week": 7 * DAY}
_MONTHS = {"month": 1, "year": 12}


def add(anchor: int, interval: str, count: int) -> int:
    """`count` intervals after the anchor; a day the month lacks becomes the month's last day."""
    if interval in _FIXED:
        return anchor + _FIXED[interval] * count
    start = dt.datetime.fromtimestamp(anchor, dt.UTC)
    months = start.year * 12 + start.month - 1 + _MONTHS[interval] * count
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def next_end(anchor: int, interval: str, interval_count: int, after: int) -> int:
    """The first period boundary of the anchor's rhythm strictly later than `after`."""
    steps = _guess(anchor, interval, interval_count, after)
    while add(anchor, interval, steps * interval_count) > after:
        steps -= 1
    while add(anchor, interval, steps * interval_count) <= after:
        steps += 1
    return add(anchor, interval, steps * interval_count)


def _guess(anchor: int, interval: str, interval_count: int, after: int) -> int:
    length = _FIXED.get(interval) or _MONTHS[interval] * 30 * DAY
    return (after - anchor) // (length * interval_count)
