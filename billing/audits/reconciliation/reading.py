"""What a run does: reads every page, notes what may differ, and looks at it again before it counts."""

import logging
import time
from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import timezone

from billing.audits.reconciliation.comparisons import BY_KIND, COMPARISONS
from billing.audits.reconciliation.differences import Comparison, Difference
from billing.audits.reconciliation.ledgers import Ledger, Suspicion
from billing.audits.reconciliation.repairs import repair_group
from billing.gateway.errors import MissingAtStripe, StripeUnavailable
from billing.gateway.pages import Page
from billing.webhooks.models import InboxEvent

logger = logging.getLogger(__name__)

Teller = Callable[[Difference, bool], None]
"""Hears of each confirmed difference, and whether it was put right."""

LOOKING_AGAIN = "looking again"
SHORT_WAIT = 10  # seconds between two signs of life


def compare_everything(ledger: Ledger, *, tell: Teller) -> None:
    """Compare every kind from where the ledger stands, then look at each suspect again.

    Raises a ``StripeFailure`` where Stripe cannot be read; called again with the same ledger it goes on.
    """
    for comparison in _remaining(ledger.stage):
        if ledger.stage != comparison.kind:
            ledger.enter(comparison.kind)
        _read_pages(comparison, ledger)
        _note_missing(comparison, ledger)
    if ledger.stage != LOOKING_AGAIN:
        ledger.enter(LOOKING_AGAIN)
    while suspicion := ledger.next_suspicion():
        _look_again(suspicion, ledger, tell)


def _remaining(stage: str) -> Sequence[Comparison]:
    if stage == LOOKING_AGAIN:
        return ()
    kinds = [comparison.kind for comparison in COMPARISONS]
    return COMPARISONS[kinds.index(stage) if stage in kinds else 0 :]


def _read_pages(comparison: Comparison, ledger: Ledger) -> None:
    is_last = False
    while not is_last:
        page = _page(comparison, ledger.cursor)
        ledger.turn_page(comparison.kind, page.ids, comparison.judge(page.items), page.next_cursor)
        is_last = not page.next_cursor


def _page(comparison: Comparison, cursor: str) -> Page[object]:
    """The page after the cursor; where what it names was deleted meanwhile, the first one again."""
    try:
        return comparison.read(cursor)
    except MissingAtStripe:
        if not cursor:
            raise
        return comparison.read("")


def _note_missing(comparison: Comparison, ledger: Ledger) -> None:
    for difference in comparison.missing(ledger):
        ledger.turn_page(comparison.kind, (), (difference,), "")


def _look_again(suspicion: Suspicion, ledger: Ledger, tell: Teller) -> None:
    _let_things_settle(suspicion, ledger)
    confirmed = _still_there(suspicion.differences)
    ledger.settle(suspicion, confirmed)
    left = repair_group(confirmed, ledger.repairs) if confirmed else confirmed
    repaired = [difference for difference in confirmed if difference not in left]
    ledger.note_repaired(repaired)
    for difference in confirmed:
        tell(difference, difference in repaired)


def _let_things_settle(suspicion: Suspicion, ledger: Ledger) -> None:
    """A minute after it was seen, whatever Stripe was about to tell us has been told."""
    while (age := (timezone.now() - suspicion.since).total_seconds()) < settings.RECONCILE_SETTLE_SECONDS:
        time.sleep(min(SHORT_WAIT, settings.RECONCILE_SETTLE_SECONDS - age))
        ledger.sign()


def _still_there(differences: Sequence[Difference]) -> list[Difference]:
    """What differs in the same way as before, and is not about to be put right by an event that waits."""
    customer_id = differences[0].customer_id
    waiting = InboxEvent.objects.filter(state=InboxEvent.State.RECEIVED, customer_id=customer_id)
    if customer_id and waiting.exists():
        return []
    try:
        now = set(BY_KIND[differences[0].kind].again(differences))
    except StripeUnavailable:
        raise
    except Exception:  # what cannot even be looked at is for a person, and holds up nobody else
        logger.exception("%s could not be looked at again", differences[0].subject)
        return list(differences)
    return [difference for difference in differences if difference in now]
