"""Spending by day and feature as a drawing that the server makes; a table beside it says the same."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from billing.credits.history import midnight
from billing.credits.models import CreditAccount, CreditEntry

DAYS = 30
WIDTH, HEIGHT, BASE = 640, 141, 140
SHOWN = 4
OTHER = "Everything else"


@dataclass(frozen=True, slots=True)
class Block:
    """One feature on one day; the numbers are places in the drawing."""

    x: float
    y: float
    width: float
    height: float
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``totals``: what each feature cost, the dearest first; ``days`` is the same as a table.

    ``most`` is what was spent on the busiest day.
    """

    blocks: list[Block]
    totals: list[tuple[int, str, Decimal]]
    days: list[tuple[date, Decimal]]
    first: date
    last: date
    most: Decimal
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE


def spending(account: CreditAccount, names: Mapping[str, str]) -> Chart | None:
    """The last thirty days, what was given back taken off; ``None`` where nothing was spent. One query."""
    last = timezone.localdate()
    first = last - timedelta(days=DAYS - 1)
    spent = _spent(account, first)
    if not spent:
        return None
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for (_, feature), amount in spent.items():
        totals[feature] += amount
    order = sorted(totals, key=lambda feature: -totals[feature])
    series = {feature: min(place, SHOWN) for place, feature in enumerate(order)}
    days = _days(spent)
    return Chart(
        blocks=_blocks(spent, series, names, first),
        totals=_legend(order, totals, names),
        days=days,
        most=max(amount for _, amount in days),
        first=first,
        last=last,
    )


def _spent(account: CreditAccount, first: date) -> dict[tuple[date, str], Decimal]:
    kinds = (CreditEntry.Kind.SPEND, CreditEntry.Kind.REVERSE)
    rows = (
        CreditEntry.objects.filter(account=account, kind__in=kinds, created_at__gte=midnight(first))
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "feature")
        .order_by("day", "feature")
        .annotate(sum=Sum("amount"))
    )
    return {(day, feature): -amount for day, feature, amount in rows if amount < 0}


def _blocks(
    spent: Mapping[tuple[date, str], Decimal],
    series: Mapping[str, int],
    names: Mapping[str, str],
    first: date,
) -> list[Block]:
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for (day, _), amount in spent.items():
        sums[day] += amount
    scale = Decimal(BASE - 10) / max(sums.values())
    step = WIDTH / DAYS
    tops: dict[date, float] = defaultdict(lambda: float(BASE))
    blocks = []
    for (day, feature), amount in sorted(spent.items(), key=lambda item: series[item[0][1]]):
        height = float(amount * scale)
        tops[day] -= height
        title = f"{day:%-d %B}: {amount.normalize():f} for {name_of(feature, names)}"
        x = round((day - first).days * step + step * 0.15, 2)
        blocks.append(
            Block(x, round(tops[day], 2), round(step * 0.7, 2), round(height, 2), series[feature], title)
        )
    return blocks


def _legend(
    order: list[str], totals: Mapping[str, Decimal], names: Mapping[str, str]
) -> list[tuple[int, str, Decimal]]:
    shown = [(place, name_of(feature, names), totals[feature]) for place, feature in enumerate(order[:SHOWN])]
    rest = sum((totals[feature] for feature in order[SHOWN:]), Decimal(0))
    return [*shown, (SHOWN, OTHER, rest)] if rest else shown


def _days(spent: Mapping[tuple[date, str], Decimal]) -> list[tuple[date, Decimal]]:
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for (day, _), amount in spent.items():
        sums[day] += amount
    return sorted(sums.items(), reverse=True)


def name_of(feature: str, names: Mapping[str, str]) -> str:
    """What a feature is called."""
    return names.get(feature, feature) or "Other"
