"""The order of plans, which is that of the pricing page and of every list."""

from django.db import transaction

from billing.catalog.models import Plan


@transaction.atomic
def shift_plan(*, plan: Plan, up: bool) -> None:
    """Put ``plan`` one place up or down among all plans; at the end of the list nothing happens."""
    plans = _all_in_order()
    here = plans.index(plan)
    _put(plans, here, here - 1 if up else here + 1)


@transaction.atomic
def place_plan(*, plan: Plan, place: int) -> None:
    """Put ``plan`` at a place, counted from zero; one that does not exist is the nearest that does."""
    plans = _all_in_order()
    _put(plans, plans.index(plan), place)


def _all_in_order() -> list[Plan]:
    return list(Plan.objects.select_for_update().order_by("position", "key"))


def _put(plans: list[Plan], here: int, there: int) -> None:
    """Places are numbered anew from one, and only those that differ are written."""
    plans.insert(max(there, 0), plans.pop(here))
    for position, other in enumerate(plans, start=1):
        if other.position != position:
            Plan.objects.filter(pk=other.pk).update(position=position)
