"""Calendar arithmetic of billing periods, against dates worked out by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe.billing import periods


def at(text: str) -> int:
    """Unix seconds of a UTC date or time."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "interval", "count", "expected"),
    [
        ("2026-01-31T12:00", "month", 1, "2026-02-28T12:00"),
        ("2026-01-31T12:00", "month", 2, "2026-03-31T12:00"),
        ("2026-01-31T12:00", "month", 13, "2027-02-28T12:00"),
        ("2028-01-31T12:00", "month", 1, "2028-02-29T12:00"),
        ("2028-02-29T00:00", "year", 1, "2029-02-28T00:00"),
        ("2028-02-29T00:00", "year", 4, "2032-02-29T00:00"),
        ("2026-12-15T23:59:59", "month", 1, "2027-01-15T23:59:59"),
        ("2026-03-28T02:30", "week", 1, "2026-04-04T02:30"),
        ("2026-03-28T02:30", "day", 3, "2026-03-31T02:30"),
    ],
)
def test_so_many_intervals_after_an_anchor(anchor: str, interval: str, count: int, expected: str) -> None:
    assert periods.add(at(anchor), interval, count) == at(expected)


def test_the_31st_comes_back_after_the_short_month() -> None:
    anchor = at("2026-01-31T12:00")
    ends, moment = [], anchor
    for _ in range(5):
        moment = periods.next_end(anchor, "month", 1, moment)
        ends.append(moment)
    days = ("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30")
    assert ends == [at(f"{day}T12:00") for day in days]


moments = st.integers(0, 4_000_000_000)


@given(moments, st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 3), moments)
def test_the_next_end_is_the_first_beat_after_the_moment(
    anchor: int, interval: str, count: int, moment: int
) -> None:
    end = periods.next_end(anchor, interval, count, moment)
    longest = {"day": 1, "week": 7, "month": 31, "year": 366}[interval] * count * periods.DAY
    assert moment < end <= moment + longest
    assert end == periods.next_end(anchor, interval, count, end - 1)
