"""The memory of a run that goes on after a kill: everything it saw is in its rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from billing.audits.reconciliation.differences import Difference
from billing.audits.reconciliation.ledgers import CHUNK, Suspicion
from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun, Sighting

State = Discrepancy.State


class StoredLedger:
    """Keeps everything in the rows of its run; a page and what was found on it are noted together."""

    def __init__(self, run: ReconciliationRun) -> None:
        self.run = run
        self.started_at: datetime = run.started_at
        self.repairs: str = run.repairs
        self.stage: str = run.stage
        self.cursor: str = run.cursor

    @transaction.atomic
    def turn_page(self, kind: str, ids: Sequence[str], suspects: Iterable[Difference], cursor: str) -> None:
        """Store it; a page that is read twice is noted once."""
        sightings = [Sighting(run=self.run, kind=kind, stripe_id=stripe_id) for stripe_id in ids]
        Sighting.objects.bulk_create(sightings, ignore_conflicts=True)
        now = timezone.now()
        rows = [Discrepancy(run=self.run, found_at=now, **asdict(suspect)) for suspect in suspects]
        Discrepancy.objects.bulk_create(rows, ignore_conflicts=True)
        counted = self.run.compared.get(kind, 0) + len(ids)
        self.run.compared = {**self.run.compared, kind: counted}
        self._move(self.stage, cursor)

    def enter(self, stage: str) -> None:
        """Store it."""
        self._move(stage, "")

    def sign(self) -> None:
        """Store it."""
        self._move(self.stage, self.cursor)

    def has_seen(self, kind: str) -> bool:
        """From the rows."""
        return Sighting.objects.filter(run=self.run, kind=kind).exists()

    def unseen(self, kind: str, rows: QuerySet[Any]) -> Iterator[Any]:
        """From the rows."""
        seen = Sighting.objects.filter(run=self.run, kind=kind, stripe_id=OuterRef("stripe_id"))
        yield from rows.filter(~Exists(seen)).iterator(chunk_size=CHUNK)

    def next_suspicion(self) -> Suspicion | None:
        """The oldest, with all that is about the same customer."""
        suspected = Discrepancy.objects.filter(run=self.run, state=State.SUSPECTED).order_by("pk")
        first = suspected.first()
        if first is None:
            return None
        about = {"customer": first.customer} if first.customer_id else {"subject": first.subject}
        rows = list(suspected.filter(kind=first.kind, **about))
        return Suspicion(tuple(map(difference_of, rows)), max(row.found_at for row in rows))

    @transaction.atomic
    def settle(self, suspicion: Suspicion, confirmed: Sequence[Difference]) -> None:
        """Open what is still there: once, and not what somebody decided to ignore."""
        for difference in suspicion.differences:
            rows = _rows_about(difference)
            suspect = rows.get(run=self.run, state=State.SUSPECTED)
            known = rows.filter(state=State.OPEN) | rows.filter(
                state=State.IGNORED, ours=difference.ours, at_stripe=difference.at_stripe
            )
            if difference in confirmed and not known.exists():
                Discrepancy.objects.filter(pk=suspect.pk).update(state=State.OPEN)
                continue
            if difference in confirmed:
                rows.filter(state=State.OPEN).update(run=self.run, **_told_by(difference))
            suspect.delete()
        self._move(self.stage, self.cursor)

    def note_repaired(self, differences: Sequence[Difference]) -> None:
        """Store it."""
        for difference in differences:
            rows = _rows_about(difference).filter(state=State.OPEN)
            rows.update(state=State.REPAIRED, resolved_at=timezone.now())

    def _move(self, stage: str, cursor: str) -> None:
        self.stage, self.cursor = stage, cursor
        ReconciliationRun.objects.filter(pk=self.run.pk).update(
            stage=stage, cursor=cursor, compared=self.run.compared, alive_at=timezone.now()
        )


def _rows_about(difference: Difference) -> QuerySet[Discrepancy]:
    return Discrepancy.objects.filter(
        kind=difference.kind, subject=difference.subject, field=difference.field
    )


def _told_by(difference: Difference) -> dict[str, Any]:
    told = asdict(difference)
    return {name: told[name] for name in ("ours", "at_stripe", "remedy", "proposal", "customer_id")}


def difference_of(row: Discrepancy) -> Difference:
    """The difference that a row keeps."""
    names = ("kind", "subject", "field", "ours", "at_stripe", "remedy", "proposal", "customer_id")
    return Difference(**{name: getattr(row, name) for name in names})
