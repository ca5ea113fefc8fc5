"""Tells a customer that they use more than their plan gives, where the feature lets that pass."""

from datetime import datetime
from typing import Any

from billing.catalog.models import Feature
from billing.entitlements.decisions import Decision
from billing.entitlements.offers import FeatureFacts
from billing.entitlements.words import renewal
from billing.notices.services import notify
from billing.usage.services import Counted


def lets_pass(facts: FeatureFacts) -> bool:
    """Whether what goes beyond the limit passes, and the customer is told."""
    return facts.overage == Feature.Overage.GRACE


def tell_of_crossing(
    user: Any, facts: FeatureFacts, decision: Decision, *, counted: Counted, quantity: int, start: datetime
) -> None:
    """Tell of the use that went beyond the limit, once for each feature, period and limit.

    ``decision`` is what the use was answered; ``start`` is that of the period it was counted in.
    """
    limit = decision.limit
    if limit is None or counted.repeated or not counted.used - quantity <= limit < counted.used:
        return
    notify(
        user=user,
        topic="over_limit",
        key=f"over_limit:{user.pk}:{facts.pk}:{start:%Y-%m-%d}:{limit}",
        context={
            "feature": decision.feature_name,
            "limit": f"{limit} {decision.unit}".strip(),
            "used": str(counted.used),
            "again": renewal(decision).strip(),
        },
    )
