"""Gives somebody who is not stored what a plan gives, so that a page can be previewed with their eyes."""

from typing import Any

from django.utils import timezone

from billing.catalog.models import PlanVersion
from billing.entitlements.offers import held_plan
from billing.entitlements.queries import STANDS_IN_WITH, catalog_for
from billing.entitlements.snapshot import compile_entitlements


def stand_in(person: Any, *, plan: str) -> None:
    """Have ``person``, who has no row, decide as a customer of the plan with this key; of none: as a member.

    Raises ``ValueError`` for somebody who has a row: nobody real gets what they did not pay for.
    """
    if person.pk is not None:
        raise ValueError("Only somebody who is not stored stands in for others.")
    catalog = catalog_for(person)
    versions = PlanVersion.objects.filter(is_current=True, plan__key=plan).select_related("plan")
    held = [held_plan(version) for version in versions.prefetch_related("plan_features__feature")]
    entitlements = compile_entitlements(
        held, default=catalog.default, flags=catalog.flags, now=timezone.now()
    )
    setattr(person, STANDS_IN_WITH, entitlements)
