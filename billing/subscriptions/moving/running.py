"""Goes on with a move, a batch at a time: whenever it stops, the next batch begins where it was."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.actors import acting
from billing.catalog.models import Price
from billing.gateway.catalog import update_price
from billing.gateway.errors import StripeFailure, StripeRefused
from billing.subscriptions.moving.models import MovedSubscription, VersionMove
from billing.subscriptions.moving.steps import move_one, move_rights, put_back

logger = logging.getLogger(__name__)

BATCH = 50
State = MovedSubscription.State
MoveState = VersionMove.State


def run_batch(*, move: VersionMove) -> bool:
    """Move, or put back, the next ones whose turn has come; says whether others wait already.

    Raises ``StripeUnavailable`` where Stripe does not answer: the same call goes on later. What Stripe
    refuses is noted on its row, and the others do not wait.
    """
    rows = list(_next_rows(move).select_related("from_price__version", "to_price__version")[:BATCH])
    step = put_back if move.state == MoveState.UNDOING else _step
    reason = f"{'Undo of move' if move.state == MoveState.UNDOING else 'Move'} {move.pk}"
    reason = f"{reason}: {move.why}" if move.why else reason
    with acting(user=move.requested_by, why=reason), _prices_open(rows, move):
        for row in rows:
            row.move = move
            _take(row, step)
    if _next_rows(move).exists():
        return True
    _finish(move)
    return False


def moves_to_go_on_with() -> list[int]:
    """The moves that have somebody whose turn has come: at the end of a period, or after a crash."""
    open_moves = VersionMove.objects.filter(state__in=[MoveState.RUNNING, MoveState.UNDOING])
    return [move.pk for move in open_moves if _next_rows(move).exists() or not _is_waiting(move)]


def _step(row: MovedSubscription) -> None:
    if row.state == State.TOLD:
        move_rights(row)
    else:
        move_one(row)


def _take(row: MovedSubscription, step: Callable[[MovedSubscription], None]) -> None:
    try:
        step(row)
    except StripeRefused as refusal:
        logger.warning("Subscription %s of move %s: %s", row.subscription_id, row.move_id, refusal)
        row.state = State.FAILED
        row.note = f"Stripe refused the change of price (request {refusal.request_id or 'unknown'})."
        row.save(update_fields=["state", "note"])


def _next_rows(move: VersionMove) -> QuerySet[MovedSubscription]:
    if move.state == MoveState.UNDOING:
        return move.rows.filter(state__in=[State.DONE, State.TOLD])
    is_due = Q(due_at__lte=timezone.now(), state__in=[State.WAITING, State.TOLD])
    return move.rows.filter(is_due | Q(state=State.WAITING, to_price__isnull=False))


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


@contextmanager
def _prices_open(rows: list[MovedSubscription], move: VersionMove) -> Iterator[None]:
    """Stripe changes nobody to a price that is off sale: let those be on sale for as long as it takes.

    If we die in between, the nightly comparison reports the price, and publishing takes it off sale again.
    """
    undoing = move.state == MoveState.UNDOING
    needed = {row.from_price if undoing else row.to_price for row in rows if row.to_price_id}
    closed = [price for price in needed if price and not _is_on_sale(price)]
    for price in closed:
        update_price(price.stripe_price_id, {"active": True})
    try:
        yield
    finally:
        for price in closed:
            _close(price)


def _is_on_sale(price: Price) -> bool:
    return bool(price.version.is_current)


def _close(price: Price) -> None:
    try:
        update_price(price.stripe_price_id, {"active": False})
    except StripeFailure as failure:
        logger.warning("Price %s stays on sale at Stripe for now: %s", price.stripe_price_id, failure)
