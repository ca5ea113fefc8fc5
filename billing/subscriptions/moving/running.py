"""Goes on with a move, a batch at a time: whenever it stops, the next batch begins where it was."""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.actors import acting
from billing.catalog.models import Price
from billing.gateway.catalog import update_price
from billing.gateway.errors import StripeRefused
from billing.subscriptions.moving.models import MovedSubscription, VersionMove
from billing.subscriptions.moving.steps import TakenMeanwhile, announce, move_one, move_rights, put_back
from billing.subscriptions.moving.telling import Teller

logger = logging.getLogger(__name__)

BATCH = 50
State = MovedSubscription.State
MoveState = VersionMove.State
Step = Callable[[MovedSubscription, Teller], None]


def run_batch(*, move: VersionMove) -> bool:
    """Move, or put back, the next ones whose turn has come; says whether others wait already.

    Raises ``StripeUnavailable`` where Stripe does not answer: the same call goes on later. What Stripe
    refuses is noted on its row, and the others do not wait.
    """
    rows = list(_next_rows(move).select_related("from_price__version", "to_price__version")[:BATCH])
    step = put_back if move.state == MoveState.UNDOING else _step
    teller = Teller(move)
    reason = f"{'Undo of move' if move.state == MoveState.UNDOING else 'Move'} {move.pk}"
    reason = f"{reason}: {move.why}" if move.why else reason
    with acting(user=move.requested_by, why=reason):
        _open_prices(rows, move)
        for row in rows:
            row.move = move
            _take(row, step, teller)
    if _next_rows(move).exists():
        return True
    close_prices(move=move)
    _finish(move)
    return False


def moves_to_go_on_with() -> list[int]:
    """The moves that have somebody whose turn has come: at the end of a period, or after a crash."""
    open_moves = VersionMove.objects.filter(state__in=[MoveState.RUNNING, MoveState.UNDOING])
    return [
        move.pk
        for move in open_moves
        if move.opened_prices or _next_rows(move).exists() or not _is_waiting(move)
    ]


def _step(row: MovedSubscription, teller: Teller) -> None:
    if row.state == State.TOLD:
        move_rights(row, teller)
    elif row.to_price_id is None and row.due_at > timezone.now():
        announce(row, teller)
    else:
        move_one(row, teller)


def _take(row: MovedSubscription, step: Step, teller: Teller) -> None:
    try:
        step(row, teller)
    except TakenMeanwhile:
        logger.info("Subscription %s of move %s was taken meanwhile", row.subscription_id, row.move_id)
    except StripeRefused as refusal:
        logger.warning("Subscription %s of move %s: %s", row.subscription_id, row.move_id, refusal)
        row.state = State.FAILED
        row.note = f"Stripe refused the change of price (request {refusal.request_id or 'unknown'})."
        row.save(update_fields=["state", "note"])


def _next_rows(move: VersionMove) -> QuerySet[MovedSubscription]:
    """Whose turn it is: to be moved or put back, to have Stripe told, or to be told themselves."""
    if move.state == MoveState.UNDOING:
        was_told = Q(state=State.WAITING, told_at__isnull=False)
        return move.rows.filter(Q(state__in=[State.DONE, State.TOLD]) | was_told)
    is_due = Q(due_at__lte=timezone.now(), state__in=[State.WAITING, State.TOLD])
    is_priced, is_untold = Q(to_price__isnull=False), Q(told_at=None)
    return move.rows.filter(is_due | (Q(state=State.WAITING) & (is_priced | is_untold)))


def _is_waiting(move: VersionMove) -> bool:
    return move.rows.filter(state__in=[State.WAITING, State.TOLD]).exists()


@transaction.atomic
def _finish(move: VersionMove) -> None:
    stored = VersionMove.objects.select_for_update().get(pk=move.pk)
    if stored.state != move.state or (stored.state == MoveState.RUNNING and _is_waiting(stored)):
        return
    stored.state = MoveState.UNDONE if stored.state == MoveState.UNDOING else MoveState.DONE
    stored.finished_at = timezone.now()
    stored.save(update_fields=["state", "finished_at"])


def _open_prices(rows: list[MovedSubscription], move: VersionMove) -> None:
    """Stripe changes nobody to a price that is off sale: let those be on sale for as long as it takes.

    Which ones is stored before Stripe is asked: if we die in between, whoever goes on with the move closes
    them, and no move is finished before they are.
    """
    undoing = move.state == MoveState.UNDOING
    needed = {row.from_price if undoing else row.to_price for row in rows if row.to_price_id}
    closed = {price.stripe_price_id for price in needed if price and not price.version.is_current}
    if closed:
        _remember(move, sorted({*move.opened_prices, *closed}))
    for price_id in sorted(closed):
        update_price(price_id, {"active": True})


def close_prices(*, move: VersionMove) -> None:
    """Take off sale again what was on sale for the move. Raises ``StripeUnavailable``; then it is done later.

    A price that new customers get by now stays on sale, and what Stripe refuses is left to the comparison.
    """
    for price_id in list(move.opened_prices):
        if not Price.objects.filter(stripe_price_id=price_id, version__is_current=True).exists():
            _close(price_id)
        _remember(move, [other for other in move.opened_prices if other != price_id])


def _close(price_id: str) -> None:
    try:
        update_price(price_id, {"active": False})
    except StripeRefused as refusal:
        logger.warning("Price %s stays on sale at Stripe: %s", price_id, refusal)


def _remember(move: VersionMove, price_ids: list[str]) -> None:
    move.opened_prices = price_ids
    move.save(update_fields=["opened_prices"])
