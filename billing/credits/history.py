"""The history of an account, a page at a time from any place in it, however long it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from billing.catalog.models import Feature
from billing.credits.models import CreditAccount, CreditEntry

PER_PAGE = 25
Kind = CreditEntry.Kind


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines somebody wants to see."""

    kind: str = ""
    feature: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filters":
        """From an address, whatever stands in it."""
        kind = asked.get("kind", "")
        return cls(
            kind=kind if kind in Kind.values else "",
            feature=asked.get("feature", "").replace("\x00", "")[:60],
            since=_date(asked.get("since", "")),
            until=_date(asked.get("until", "")),
        )

    @property
    def are_set(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as people read it. ``balance``: what the account was worth after it, with what is held."""

    pk: int
    at: datetime
    label: str
    about: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first; ``older`` is where the next page begins, if there is one."""

    lines: list[Line]
    older: int | None = None


def page_of(
    account: CreditAccount, filters: Filters, *, names: Mapping[str, str], before: int | None = None
) -> Page:
    """The lines before an entry, by its number: page a thousand costs what the first one does."""
    entries = _filtered(account, filters)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries.order_by("-pk")[: PER_PAGE + 1])
    lines = [line_of(entry, names) for entry in found[:PER_PAGE]]
    return Page(lines, lines[-1].pk if len(found) > PER_PAGE else None)


def all_lines(account: CreditAccount, filters: Filters) -> Iterator[Line]:
    """Every line, oldest first, without holding them all."""
    names = feature_names()
    for entry in _filtered(account, filters).order_by("pk").iterator(chunk_size=2000):
        yield line_of(entry, names)


def line_of(entry: CreditEntry, names: Mapping[str, str]) -> Line:
    """An entry in words."""
    feature = names.get(entry.feature, entry.feature)
    about = " · ".join(words for words in (feature, entry.reason or _reference(entry)) if words)
    label = Kind(entry.kind).label
    return Line(entry.pk, entry.created_at, label, about, entry.amount, entry.balance_after)


def feature_names() -> dict[str, str]:
    """What features are called."""
    return dict(Feature.objects.values_list("key", "name"))


def _reference(entry: CreditEntry) -> str:
    """What the caller said it was for; of a lot it is a number that says nothing to people."""
    return "" if entry.kind in (Kind.GRANT, Kind.VOID) else entry.reference


def _filtered(account: CreditAccount, filters: Filters) -> QuerySet[CreditEntry]:
    entries = CreditEntry.objects.filter(account=account)
    if filters.kind:
        entries = entries.filter(kind=filters.kind)
    if filters.feature:
        entries = entries.filter(feature=filters.feature)
    if filters.since:
        entries = entries.filter(created_at__gte=midnight(filters.since))
    if filters.until:
        entries = entries.filter(created_at__lt=midnight(filters.until + timedelta(days=1)))
    return entries


def midnight(day: date) -> datetime:
    """When a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _date(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and found.year < 9999 else None
