"""When counting starts again: by the calendar in UTC, the same day for everybody. Pure; no database."""

from datetime import UTC, datetime, timedelta

from billing.catalog.models import Feature

FOR_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def period_start(period: str, now: datetime) -> datetime:
    """The first moment of the period that ``now`` is in; of a feature without one, the same moment always."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == Feature.Period.DAY:
        return midnight
    if period == Feature.Period.MONTH:
        return midnight.replace(day=1)
    return FOR_EVER


def next_start(period: str, now: datetime) -> datetime | None:
    """When counting starts again from zero; ``None`` for a feature without a period."""
    start = period_start(period, now)
    if period == Feature.Period.DAY:
        return start + timedelta(days=1)
    if period == Feature.Period.MONTH:
        return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return None


def current_starts(now: datetime) -> list[datetime]:
    """The starts of everything that is counted now."""
    return sorted({period_start(period, now) for period in Feature.Period.values})
