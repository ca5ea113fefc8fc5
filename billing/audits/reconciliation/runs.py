"""One run at a time: claimed, continued where a killed one was, ended."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.audits.reconciliation.ledgers import MemoryLedger
from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun, Sighting
from billing.audits.reconciliation.reading import Teller, compare_everything
from billing.audits.reconciliation.stored import StoredLedger
from billing.gateway.pace import Pace, at_pace

logger = logging.getLogger(__name__)

SILENCE = timedelta(minutes=1)  # after which a run's holder counts as dead
TOO_OLD = timedelta(hours=12)  # to go on with: what it saw is not true any more

Run = ReconciliationRun
State = ReconciliationRun.State


class RunUnderWay(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Somebody else compares at this moment."""

    sentence = (
        "Another comparison is under way, or was killed less than a minute ago. "
        "Run it again in a minute: it goes on where that one is."
    )

    def __init__(self) -> None:
        super().__init__(self.sentence)


def run_comparison(*, repairs: str, tell: Teller) -> ReconciliationRun:
    """Compare everything with Stripe and keep what differs; put right what ``repairs`` allows.

    Goes on where a run that was killed or that Stripe interrupted stood. Raises ``RunUnderWay``,
    ``WrongAccount``, or a ``StripeFailure``, after which the same call goes on.
    """
    with _claimed(repairs=repairs) as run, at_pace(Pace(settings.RECONCILE_CALLS_PER_SECOND)):
        compare_everything(StoredLedger(run), tell=tell)
        _finish(run)
    return run


def compare_only(*, tell: Teller) -> MemoryLedger:
    """Compare everything with Stripe and write nothing."""
    ledger = MemoryLedger()
    with at_pace(Pace(settings.RECONCILE_CALLS_PER_SECOND)):
        compare_everything(ledger, tell=tell)
    return ledger


@contextmanager
def _claimed(*, repairs: str) -> Iterator[ReconciliationRun]:
    run = _claim(repairs)
    try:
        yield run
    except BaseException as error:  # also ctrl-C: whoever comes next need not wait a minute
        trouble = f"{type(error).__name__}: {error}"[:2000]
        Run.objects.filter(pk=run.pk, holder=run.holder).update(holder=None, trouble=trouble)
        raise


def _claim(repairs: str) -> ReconciliationRun:
    try:
        with transaction.atomic():
            run = _unfinished() or Run.objects.create(alive_at=timezone.now())
            run.repairs, run.holder, run.alive_at, run.trouble = repairs, uuid4(), timezone.now(), ""
            run.save(update_fields=["repairs", "holder", "alive_at", "trouble"])
    except IntegrityError as race:
        raise RunUnderWay from race
    return run


def _unfinished() -> ReconciliationRun | None:
    """The run to go on with; one that is too old is given up."""
    run = Run.objects.select_for_update().filter(state=State.RUNNING).first()
    now = timezone.now()
    if run is None:
        return None
    if run.holder and run.alive_at > now - SILENCE:
        raise RunUnderWay
    if run.started_at > now - TOO_OLD:
        logger.info("The comparison with Stripe goes on at %s %s", run.stage or "the start", run.cursor)
        return run
    _forget_sightings(run)
    Run.objects.filter(pk=run.pk).update(state=State.ABANDONED, finished_at=now, holder=None)
    return None


@transaction.atomic
def _finish(run: ReconciliationRun) -> None:
    """Close what earlier runs found and this one did not, and the run."""
    open_rows = Discrepancy.objects.filter(state=Discrepancy.State.OPEN)
    open_rows.exclude(run=run).update(state=Discrepancy.State.REPAIRED, resolved_at=timezone.now())
    _forget_sightings(run)
    run.refresh_from_db(fields=["compared"])
    run.state, run.finished_at, run.holder, run.cursor = State.DONE, timezone.now(), None, ""
    run.save(update_fields=["state", "finished_at", "holder", "cursor"])


def _forget_sightings(run: ReconciliationRun) -> None:
    Sighting.objects.filter(run=run).delete()
    Discrepancy.objects.filter(run=run, state=Discrepancy.State.SUSPECTED).delete()
