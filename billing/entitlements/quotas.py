"""Uses what a plan gives so many of: decides and counts in one step."""

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.catalog.models import Feature
from billing.customers.models import StripeCustomer
from billing.customers.services import new_payer
from billing.entitlements.decisions import (
    Decision,
    Reason,
    UnknownFeature,
    check,
    decide_by_plan,
    permission,
    refusal,
    require_quantity,
)
from billing.entitlements.offers import CatalogView
from billing.entitlements.queries import catalog_for, customer_of, entitlements_for
from billing.entitlements.telling import lets_pass, tell_of_crossing
from billing.usage.periods import period_start
from billing.usage.services import Counted, count_use

LONGEST_KEY = 255


def use(who: Any, feature: str, *, quantity: int = 1, key: str) -> Decision:
    """Count ``quantity`` of ``feature`` for ``who``, a person or their payer's row; refuse beyond the limit.

    ``key`` names what it is used for: the same key counts once in the feature's period, however often and by
    however many requests at once it is sent, and stays allowed when the limit is reached meanwhile. What goes
    beyond the limit follows the feature's overage: refused, cut to what is left, or counted all the same. A
    switch is not counted. Raises ``UnknownFeature``, and ``ValueError`` for a quantity that is no whole
    number from one on, or a key that is empty or longer than 255 characters.
    """
    require_quantity(quantity)
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError("A use has a key of up to 255 characters.")
    user = who.user if isinstance(who, StripeCustomer) else who
    catalog = catalog_for(user)
    if feature not in catalog.features:
        raise UnknownFeature(f"The catalog has no feature with the key {feature!r}.")
    if not catalog.features[feature].is_counted:
        return check(who, feature)
    mine = entitlements_for(user)
    refused = decide_by_plan(user, mine, catalog, feature)
    return refused or _count(user, catalog, feature, quantity, key, limit=mine.features[feature])


def _count(
    user: Any, catalog: CatalogView, feature: str, quantity: int, key: str, *, limit: int | None
) -> Decision:
    """Where the customer is told of a use, the notice and the use are stored together."""
    facts, now = catalog.features[feature], timezone.now()
    start = period_start(facts.period, now)
    use_of = partial(
        count_use,
        customer_id=(customer_of(user) or new_payer(user=user)).pk,
        feature_id=facts.pk,
        start=start,
        key=key,
        limit=limit if facts.stops_at_limit else None,
        at=now,
    )
    with transaction.atomic() if lets_pass(facts) else nullcontext():
        counted = use_of(quantity=quantity)
        while not counted.accepted and facts.overage == Feature.Overage.CAP and counted.used < (limit or 0):
            quantity = (limit or 0) - counted.used
            counted = use_of(quantity=quantity)
        _bring_along(user, facts.pk, start.isoformat(), counted)
        if not counted.accepted and limit is not None:
            return refusal(catalog, feature, reason=Reason.LIMIT_REACHED, limit=limit, used=counted.used)
        allowed = permission(catalog, feature, limit=limit, used=counted.used)
        if lets_pass(facts):
            tell_of_crossing(user, facts, allowed, counted=counted, quantity=quantity, start=start)
    return replace(allowed, taken=0 if counted.repeated else quantity)


def _bring_along(user: Any, feature_id: int, start: str, counted: Counted) -> None:
    """Let the person who brought the amounts along know the new one."""
    came_along = getattr(user, "usage_totals", None)
    if came_along is not None:
        row = {"feature": feature_id, "start": start, "used": counted.used}
        user.usage_totals = [*came_along, row]
