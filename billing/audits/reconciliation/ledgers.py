"""What a run remembers of what it saw, and the memory of a dry run, which writes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils import timezone

from billing.audits.reconciliation.differences import Difference, Seen
from billing.audits.reconciliation.models import ReconciliationRun

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Differences of one group that were seen once; ``since`` is when the last of them was."""

    differences: tuple[Difference, ...]
    since: datetime


class Ledger(Seen, Protocol):
    """What a run needs to remember."""

    repairs: str
    stage: str
    cursor: str

    def turn_page(self, kind: str, ids: Sequence[str], suspects: Iterable[Difference], cursor: str) -> None:
        """Note a page: what was on it, what may differ, where the next one begins."""

    def enter(self, stage: str) -> None:
        """Note that the stage begins."""

    def sign(self) -> None:
        """Give a sign of life."""

    def next_suspicion(self) -> Suspicion | None:
        """The next group to look at again."""

    def settle(self, suspicion: Suspicion, confirmed: Sequence[Difference]) -> None:
        """Note what is still there; the rest of the group was an event under way."""

    def note_repaired(self, differences: Sequence[Difference]) -> None:
        """Note what was put right."""


@dataclass
class MemoryLedger:
    """Writes nothing. Keeps the ids it saw: about a hundred bytes each."""

    repairs: str = ReconciliationRun.Repairs.NOTHING
    stage: str = ""
    cursor: str = ""
    started_at: datetime = field(default_factory=timezone.now)
    compared: Counter[str] = field(default_factory=Counter)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _suspects: dict[tuple[str, str], list[Difference]] = field(default_factory=dict)
    _since: datetime = field(default_factory=timezone.now)

    def turn_page(self, kind: str, ids: Sequence[str], suspects: Iterable[Difference], cursor: str) -> None:
        """Remember it."""
        self._seen.update((kind, stripe_id) for stripe_id in ids)
        self.compared[kind] += len(ids)
        for suspect in suspects:
            self._suspects.setdefault(suspect.group, []).append(suspect)
            self._since = timezone.now()
        self.cursor = cursor

    def enter(self, stage: str) -> None:
        """Remember it."""
        self.stage, self.cursor = stage, ""

    def sign(self) -> None:
        """Nobody looks."""

    def has_seen(self, kind: str) -> bool:
        """From memory."""
        return self.compared[kind] > 0

    def unseen(self, kind: str, rows: QuerySet[Any]) -> Iterator[Any]:
        """From memory."""
        for row in rows.iterator(chunk_size=CHUNK):
            if (kind, row.stripe_id) not in self._seen:
                yield row

    def next_suspicion(self) -> Suspicion | None:
        """The groups in the order they were found."""
        for group in self._suspects:
            return Suspicion(tuple(self._suspects[group]), self._since)
        return None

    def settle(self, suspicion: Suspicion, confirmed: Sequence[Difference]) -> None:
        """Forget the suspicion."""
        self._suspects.pop(suspicion.differences[0].group, None)

    def note_repaired(self, differences: Sequence[Difference]) -> None:
        """Never happens: a dry run repairs nothing."""
