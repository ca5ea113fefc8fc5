"""The order of plans, which is that of the pricing page and of every list."""

from django.db import transaction

from billing.catalog.models import Plan


@transaction.atomic
def shift_plan(*, plan: Plan, up: bool) -> None:
    """Put ``plan`` one place up or down among all plans; at the end of the list nothing happens.

    Places are numbered anew from one, and only those that differ are written.
    """
    plans = list(Plan.objects.select_for_update().order_by("position", "key"))
    here = next(place for place, other in enumerate(plans) if other.pk == plan.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(plans):
        plans[here], plans[there] = plans[there], plans[here]
    for position, other in enumerate(plans, start=1):
        if other.position != position:
            Plan.objects.filter(pk=other.pk).update(position=position)
