"""How the audit log is narrowed down: by kind, day and person, each through an index."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin import ListFilter, SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from billing.audits.models import AuditEntry
from billing.audits.queries import MOST_PEOPLE, kinds, people

Link = dict[str, Any]


class KindFilter(SimpleListFilter):
    """By what was changed."""

    title = "what"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds that there are entries of."""
        return [(kind, kind.capitalize()) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class FormFilter(ListFilter):
    """A filter that somebody writes into. Its template sends the other filters along as they are."""

    names: tuple[str, ...] = ()

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1].strip()

    def expected_parameters(self) -> list[str | None]:
        """What belongs to this filter in an address."""
        return list(self.names)

    def has_output(self) -> bool:
        """Always: there is something to write into."""
        return True

    def written(self, name: str) -> str:
        """What stands in one field; empty where nothing does."""
        return str(self.used_parameters.get(name, ""))

    def choices(self, changelist: Any) -> Iterator[Link]:
        """The links first; the last one is no choice but what the form sends along."""
        yield from self.links(changelist)
        yield {"kept": [pair for pair in changelist.params.items() if pair[0] not in self.names]}

    def links(self, changelist: Any) -> Iterator[Link]:
        """What is chosen with one click."""
        yield from ()

    def link(self, changelist: Any, words: str, **chosen: str) -> Link:
        """One click that says ``chosen`` in place of whatever this filter says now."""
        wanted = {name: chosen.get(name) for name in self.names}
        is_chosen = all(self.written(name) == (value or "") for name, value in wanted.items())
        return {"selected": is_chosen, "query_string": changelist.get_query_string(wanted), "display": words}


class DayFilter(FormFilter):
    """From one day to another, both included, in the site's time zone."""

    title = "day"
    template = "billing/admin/filters/days.html"
    names = ("from", "until")

    @property
    def first(self) -> str:
        """The first day, as it was written."""
        return self.written("from")

    @property
    def last(self) -> str:
        """The last day, as it was written."""
        return self.written("until")

    def links(self, changelist: Any) -> Iterator[Link]:
        """The usual ones."""
        today = timezone.localdate()
        yield self.link(changelist, "Any day")
        for words, first in (
            ("Today", today),
            ("The last 7 days", today - timedelta(days=6)),
            ("This month", today.replace(day=1)),
        ):
            yield self.link(changelist, words, **{"from": first.isoformat(), "until": today.isoformat()})

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Half of it may be left open."""
        if self.first:
            queryset = queryset.filter(at__gte=_midnight(self.first))
        if self.last:
            queryset = queryset.filter(at__lt=_midnight(self.last, days=1))
        return queryset


class PersonFilter(FormFilter):
    """By who did it: the beginning of an address finds people, however many there are."""

    title = "who"
    template = "billing/admin/filters/person.html"
    names = ("by", "who")
    _found: list[str] | None = None

    @property
    def fragment(self) -> str:
        """What was written, as addresses are kept."""
        return self.written("who").lower()

    @property
    def found(self) -> list[str]:
        """The addresses that begin like that; a whole address is that person alone."""
        if self._found is None:
            matching = people(self.fragment) if self.fragment else []
            self._found = [self.fragment] if self.fragment in matching else matching
        return self._found

    @property
    def is_unclear(self) -> bool:
        """Whether there are more than the list shows."""
        return len(self.found) == MOST_PEOPLE

    def links(self, changelist: Any) -> Iterator[Link]:
        """Somebody, nobody, and whoever has the address that was begun."""
        yield self.link(changelist, "Everybody")
        yield self.link(changelist, "A person", by="person")
        yield self.link(changelist, "Nobody signed in", by="nobody")
        if self.fragment:
            for address in self.found:
                yield self.link(changelist, address, who=address)

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The chosen side, or the people found."""
        if self.fragment:
            return queryset.filter(user_email__in=self.found)
        match self.written("by"):
            case "person":
                return queryset.filter(user_email__gt="")
            case "nobody":
                return queryset.filter(user_email="")
        return queryset


def _midnight(written: str, *, days: int = 0) -> datetime:
    try:
        day = date.fromisoformat(written) + timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time()))
    except (ValueError, OverflowError) as error:
        raise IncorrectLookupParameters(error) from error
