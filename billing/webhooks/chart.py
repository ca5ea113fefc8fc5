"""How the inbox did in the last day, hour by hour: what came, how long it took, what failed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Max
from django.db.models.functions import TruncHour
from django.utils import timezone

from billing.webhooks.models import EventAttempt, InboxEvent

HOURS = 24
STEP = 30  # width of an hour, with the gap after it
GAP = 4
HEIGHT = 80
LEAST = 2  # what is not nothing can be seen

FAILURES = (EventAttempt.Outcome.FAILED, EventAttempt.Outcome.PARKED)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour. ``average`` and ``slowest``: from arrival to done, where anything was done."""

    begins: datetime
    events: int = 0
    average: timedelta = timedelta()
    slowest: timedelta = timedelta()
    failures: int = 0

    @property
    def slowest_in_words(self) -> str:
        """As somebody reads it."""
        return in_words(self.slowest)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the picture, and what it says."""

    x: int
    y: int
    height: int
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture: ``sentence`` says in words what the bars show."""

    key: str
    title: str
    sentence: str
    bars: list[Bar]
    width: int = HOURS * STEP - GAP
    height: int = HEIGHT
    bar_width: int = STEP - GAP


def last_hours() -> list[Hour]:
    """The last day, oldest hour first, in two queries."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    start = now - timedelta(hours=HOURS - 1)
    came = _by_hour(
        InboxEvent.objects.filter(received_at__gte=start).annotate(hour=TruncHour("received_at")),
        events=Count("pk"),
        average=Avg(F("processed_at") - F("received_at")),
        slowest=Max(F("processed_at") - F("received_at")),
    )
    failed = _by_hour(
        EventAttempt.objects.filter(outcome__in=FAILURES, at__gte=start).annotate(hour=TruncHour("at")),
        failures=Count("pk"),
    )
    hours = (start + timedelta(hours=number) for number in range(HOURS))
    return [Hour(begins=hour, **came.get(hour, {}), **failed.get(hour, {})) for hour in hours]


def draw(hours: list[Hour]) -> list[Chart]:
    """Throughput, lag and failures, each with its own scale."""
    events, failures = sum(hour.events for hour in hours), sum(hour.failures for hour in hours)
    busiest, slowest = max(hour.events for hour in hours), max(hour.slowest for hour in hours)
    return [
        Chart(
            "events",
            "Events",
            f"{events} came in 24 hours, {busiest} in the busiest one.",
            _bars(hours, lambda hour: hour.events, lambda hour: f"{hour.events} events"),
        ),
        Chart(
            "lag",
            "Time until done",
            f"The slowest took {in_words(slowest)}.",
            _bars(
                hours,
                lambda hour: hour.slowest.total_seconds(),
                lambda hour: f"slowest {in_words(hour.slowest)}, {in_words(hour.average)} on average",
            ),
        ),
        Chart(
            "failures",
            "Failed attempts",
            f"{failures} attempts failed in 24 hours." if failures else "No attempt failed in 24 hours.",
            _bars(hours, lambda hour: hour.failures, lambda hour: f"{hour.failures} failed attempts"),
        ),
    ]


def in_words(span: timedelta) -> str:
    """A time span with as much precision as somebody reads: 0.4 s, 12 s, 5 min, 3 h."""
    seconds = span.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _by_hour(rows: Any, **figures: Any) -> dict[datetime, dict[str, Any]]:
    """The figures of each hour that has any; a figure nobody could take is left out."""
    found = rows.order_by().values("hour").annotate(**figures)
    return {row["hour"]: {name: row[name] for name in figures if row[name] is not None} for row in found}


def _bars(hours: Iterable[Hour], size: Callable[[Hour], float], words: Callable[[Hour], str]) -> list[Bar]:
    rows = list(hours)
    most = max(size(hour) for hour in rows) or 1
    heights = [max(LEAST, round(HEIGHT * size(hour) / most)) if size(hour) else 0 for hour in rows]
    return [
        Bar(STEP * number, HEIGHT - height, height, f"{hour.begins:%H:%M}: {words(hour)}")
        for number, (hour, height) in enumerate(zip(rows, heights, strict=True))
    ]
