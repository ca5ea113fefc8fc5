"""What a comparison finds, and what a comparison is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from billing.audits.reconciliation.models import Discrepancy
from billing.gateway.pages import Page


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that we and Stripe tell differently; the names are those of ``Discrepancy``."""

    kind: str
    subject: str
    field: str
    ours: str
    at_stripe: str
    remedy: str
    proposal: str
    customer_id: int | None = None

    def __str__(self) -> str:
        """The difference as a line of a report; it holds nobody's address."""
        if self.kind == Discrepancy.Kind.CATALOG:
            return f"Plan {self.subject}: {self.proposal}"
        whose = f"Customer {self.customer_id}, " if self.customer_id else ""
        if self.remedy == Discrepancy.Remedy.LEARN_EMAIL:
            return f"{whose}{self.subject}: {self.field} differs from Stripe's. {self.proposal}"
        return (
            f"{whose}{self.subject}: {self.field} is {self.ours} here and {self.at_stripe} at Stripe. "
            f"{self.proposal}"
        )

    @property
    def about(self) -> tuple[str, str]:
        """What it is about, whatever both sides say."""
        return self.subject, self.field

    @property
    def group(self) -> tuple[str, str]:
        """What is looked at again together: all of a customer, or else all of one subject."""
        return self.kind, f"customer {self.customer_id}" if self.customer_id else self.subject


class Seen(Protocol):
    """What a comparison may ask about the pages that were read."""

    started_at: datetime

    def has_seen(self, kind: str) -> bool:
        """Whether Stripe showed any of that kind."""

    def unseen(self, kind: str, rows: QuerySet[Any]) -> Iterator[Any]:
        """The rows whose ``stripe_id`` Stripe never showed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one kind is compared.

    ``read`` gives a page of Stripe's from a cursor; ``judge`` what differs about the things on it;
    ``missing`` what of ours no page showed; ``again`` what differs now about the subject of a group.
    """

    kind: str
    read: Callable[[str], Page[Any]]
    judge: Callable[[Sequence[Any]], list[Difference]]
    missing: Callable[[Seen], Iterator[Difference]]
    again: Callable[[Sequence[Difference]], list[Difference]]


def nothing_missing(seen: Seen) -> Iterator[Difference]:
    """For kinds of which we hold nothing that a page should show."""
    yield from ()


def as_text(value: Any) -> str:
    """A value as both sides are compared and shown."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "nothing" if value is None or value == "" else str(value)[:500]


def fields_that_differ(row: Model, told: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Field, ours, Stripe's, for each that is not the same."""
    for field, value in told.items():
        ours = getattr(row, field)
        if ours != value:
            yield field, as_text(ours), as_text(value)
