"""Decides to move customers to another version of their plan, and to put them back. Jobs do the moving."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from billing.catalog.models import PlanVersion
from billing.subscriptions.moving.models import MovedSubscription, VersionMove
from billing.subscriptions.moving.preview import PriceGroup, holders_of, price_groups
from billing.subscriptions.moving.steps import UNDONE_BEFORE

RUN_MOVE = "billing.subscriptions.moving.tasks.run_move"
UNDONE_ALREADY = "This move is undone, or on its way to be. Follow it, or begin another at “Versions”."
State = MovedSubscription.State


@transaction.atomic
def request_move(
    *, source: PlanVersion, target: PlanVersion, when: str, why: str = "", by: Any = None
) -> VersionMove:
    """Store who is to be moved, each with where they come from, and have a job begin.

    Who pays a price that the target has not got, or that Stripe does not know, stays where they are.
    Raises ``ValidationError`` where there is nobody to move, the versions are not two of one plan, or another
    move of the source is under way.
    """
    if source.plan_id != target.plan_id or source.pk == target.pk:
        raise ValidationError({"target": "Choose another version of the same plan."})
    _one_at_a_time(source.pk)
    move = VersionMove(source=source, target=target, when=when, why=why, requested_by=by)
    move.validate_constraints()
    move.save()
    groups = {group.before.pk: group for group in price_groups(source=source, target=target)}
    rows = MovedSubscription.objects.bulk_create(_rows_of(move, groups), batch_size=500)
    if not rows:
        raise ValidationError({"target": "There is nobody who can be moved there."})
    defer_move(move.pk)
    return move


@transaction.atomic
def request_undo(*, move: VersionMove) -> None:
    """Have everybody put back who has not changed since; who was not moved yet will not be.

    Raises ``ValidationError`` where it is being undone already.
    """
    _one_at_a_time(move.source_id)
    stored = VersionMove.objects.select_for_update().get(pk=move.pk)
    if stored.state in {VersionMove.State.UNDOING, VersionMove.State.UNDONE}:
        raise ValidationError(UNDONE_ALREADY)
    stored.state, stored.finished_at = VersionMove.State.UNDOING, None
    stored.validate_constraints()
    stored.save(update_fields=["state", "finished_at"])
    stored.rows.filter(Q(state=State.FAILED) | Q(state=State.WAITING, told_at=None)).update(
        state=State.SKIPPED, note=UNDONE_BEFORE
    )
    defer_move(stored.pk)


@transaction.atomic
def try_again(*, move: VersionMove) -> int:
    """Have those moved for whom it failed; gives their number.

    Raises ``ValidationError`` while another move of the same version is under way.
    """
    _one_at_a_time(move.source_id)
    stored = VersionMove.objects.select_for_update().get(pk=move.pk)
    failed = stored.rows.filter(state=State.FAILED).update(state=State.WAITING, note="")
    if failed and stored.state == VersionMove.State.DONE:
        stored.state, stored.finished_at = VersionMove.State.RUNNING, None
        stored.validate_constraints()
        stored.save(update_fields=["state", "finished_at"])
    if failed:
        defer_move(stored.pk)
    return failed


def defer_move(move_id: int) -> None:
    """Have the move gone on with; a job that waits already is enough."""
    job = app.configure_task(
        RUN_MOVE, queue="billing", lock=f"move-{move_id}", queueing_lock=f"move-{move_id}"
    )
    try:
        with transaction.atomic():
            job.defer(move_id=move_id)
    except AlreadyEnqueued:
        return


def _one_at_a_time(version_id: int) -> None:
    """Who decides about the same customers in the same moment waits here, and then sees what was decided."""
    PlanVersion.objects.select_for_update(no_key=True).get(pk=version_id)


def _rows_of(move: VersionMove, groups: dict[int, PriceGroup]) -> Iterator[MovedSubscription]:
    """Whoever comes to the source after its groups were read, by another move, is not part of this one."""
    at_the_end = move.when == VersionMove.When.PERIOD_END
    now = timezone.now()
    for subscription in holders_of(move.source).iterator(chunk_size=500):
        group = groups.get(subscription.price_id)
        if group and group.is_possible:
            yield MovedSubscription(
                move=move,
                subscription=subscription,
                from_price_id=subscription.price_id,
                to_price=None if group.stays else group.after,
                former_version_id=subscription.moved_version_id,
                former_price_id=subscription.moved_price_id,
                due_at=subscription.current_period_end if at_the_end else now,
            )
