"""Gives features by name, ends what was given, and opens and closes features for everybody."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.actors import acting
from billing.catalog.models import Feature
from billing.catalog.validation import check_value
from billing.customers.services import note_payer
from billing.entitlements.models import FeatureGrant, FeatureTester


def grant_feature(
    *,
    user: Any,
    feature: Feature,
    value: int | None,
    reason: str,
    by: Any = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> FeatureGrant:
    """Give ``user`` so much of ``feature`` beside their plan; no ``ends_at``: until somebody ends it.

    In force with their next request, and over at the very second of ``ends_at``, with nobody doing anything.
    Raises ``ValidationError`` for a value that does not suit the feature, or an end before the start.
    """
    check_value(feature, value)
    with transaction.atomic(), acting(why=reason):
        grant = FeatureGrant(
            customer=note_payer(user=user),
            feature=feature,
            value=value,
            starts_at=starts_at or timezone.now(),
            ends_at=ends_at,
            never_ends=ends_at is None,
            reason=reason.strip(),
            granted_by=by,
        )
        grant.full_clean()
        grant.save()
    return grant


def change_grant(*, grant: FeatureGrant, value: int | None, ends_at: datetime | None, reason: str) -> None:
    """Give more or less of it, or for longer. Raises ``ValidationError`` as ``grant_feature`` does."""
    check_value(grant.feature, value)
    grant.value, grant.reason = value, reason.strip()
    grant.ends_at, grant.never_ends = ends_at, ends_at is None
    grant.full_clean()
    with acting(why=reason):
        grant.save(update_fields=["value", "reason", "ends_at", "never_ends"])


def end_grant(*, grant: FeatureGrant, why: str = "") -> None:
    """End it now; one that has not begun never will. One that is over stays as it is."""
    now = timezone.now()
    if grant.ends_at is not None and grant.ends_at <= now:
        return
    grant.ends_at, grant.never_ends = max(now, grant.starts_at), False
    with acting(why=why):
        grant.save(update_fields=["ends_at", "never_ends"])


@transaction.atomic
def switch_feature(*, feature: Feature, opening: str, percent: int | None = None, why: str = "") -> None:
    """Close ``feature`` to everybody, open it to some, or leave it to the plans, from the next request on."""
    feature.opening = Feature.Opening(opening)
    if percent is not None:
        feature.opening_percent = percent
    with acting(why=why):
        feature.save(update_fields=["opening", "opening_percent"])


@transaction.atomic
def name_testers(*, feature: Feature, users: Collection[Any]) -> None:
    """Make exactly these people the ones for whom ``feature`` is open while it is open to some."""
    customers = {note_payer(user=user).pk for user in users}
    testers = FeatureTester.objects.filter(feature=feature)
    present = set(testers.values_list("customer_id", flat=True))
    testers.filter(customer_id__in=present - customers).delete()
    for customer_id in customers - present:
        FeatureTester.objects.create(feature=feature, customer_id=customer_id)
