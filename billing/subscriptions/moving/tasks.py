"""The jobs behind moves of customers."""

import logging

from procrastinate.contrib.django import app

from billing.gateway.errors import StripeUnavailable
from billing.subscriptions.moving.models import VersionMove
from billing.subscriptions.moving.running import moves_to_go_on_with, run_batch
from billing.subscriptions.moving.services import RUN_MOVE, defer_move

logger = logging.getLogger(__name__)


@app.task(name=RUN_MOVE, queue="billing")
def run_move(move_id: int) -> None:
    """One batch, then another job for the next. Without Stripe it rests until the minute's next look."""
    move = VersionMove.objects.select_related("requested_by").get(pk=move_id)
    if move.state not in {VersionMove.State.RUNNING, VersionMove.State.UNDOING}:
        return
    try:
        is_more = run_batch(move=move)
    except StripeUnavailable as failure:
        logger.warning("Move %s rests: %s", move_id, failure)
    else:
        if is_more:
            defer_move(move_id)


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="go-on-with-moves")
def go_on_with_moves(timestamp: int) -> None:
    """Each minute: take up the moves that have somebody whose turn has come."""
    for move_id in moves_to_go_on_with():
        defer_move(move_id)
