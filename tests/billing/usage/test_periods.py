"""When counting starts again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from billing.usage.periods import FOR_EVER, current_starts, next_start, period_start

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "start", "following"),
    [
        ("day", at(2026, 12, 31), at(2027, 1, 1)),
        ("month", at(2026, 12, 1), at(2027, 1, 1)),
        ("", FOR_EVER, None),
    ],
)
def test_a_period_follows_the_calendar(period, start, following):
    assert period_start(period, NEW_YEARS_EVE) == start
    assert next_start(period, NEW_YEARS_EVE) == following


def test_the_calendar_is_utc_wherever_somebody_is():
    tokyo = datetime(2027, 1, 1, 8, tzinfo=timezone(timedelta(hours=9)))
    assert period_start("month", tokyo) == at(2026, 12, 1)


def test_a_month_of_any_length_ends_with_the_next():
    for month in range(1, 12):
        assert next_start("month", at(2028, month, 28)) == at(2028, month + 1, 1)


def test_all_that_is_counted_now_begins_at_one_of_these_moments():
    assert current_starts(NEW_YEARS_EVE) == [FOR_EVER, at(2026, 12, 1), at(2026, 12, 31)]
    assert current_starts(at(2027, 1, 1, 5)) == [FOR_EVER, at(2027, 1, 1)]
