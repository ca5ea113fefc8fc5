"""May this person do this, and if not: why, and what would help?"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from billing.customers.models import StripeCustomer
from billing.entitlements.offers import CatalogView, PlanOffer
from billing.entitlements.queries import catalog_for, entitlements_for

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class UnknownFeature(LookupError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """No feature of the catalog has this key: a mistake in code or content, never an answer to a customer."""


class Reason(StrEnum):
    """Why the answer is what it is."""

    ALLOWED = "allowed"
    SIGN_IN = "sign_in"
    NOT_IN_PLAN = "not_in_plan"
    LIMIT_REACHED = "limit_reached"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "may they?", with everything a page needs to explain it and to offer the way in."""

    allowed: bool
    feature: str
    feature_name: str
    reason: Reason
    limit: int | None = None
    used: int | None = None
    remaining: int | None = None
    upgrade_to: PlanOffer | None = None

    @property
    def signing_in_is_enough(self) -> bool:
        """Whether a visitor needs an account and no plan: the free plan has the feature."""
        return self.reason == Reason.SIGN_IN and self.limit != 0


def check(
    who: "AbstractBaseUser | AnonymousUser | StripeCustomer", feature: str, quantity: int = 1
) -> Decision:
    """Decide whether ``who``, a person or their payer's row, may use ``quantity`` of ``feature`` now.

    A visitor has to sign in, whatever the free plan gives. A switch is had or not; a limit or a meter allows
    up to its value, and an empty value any number. Raises ``UnknownFeature`` for a key nobody defined.
    Costs no query once the user's entitlements are remembered in this process.
    """
    user = who.user if isinstance(who, StripeCustomer) else who
    catalog = catalog_for(user)
    if feature not in catalog.feature_names:
        raise UnknownFeature(f"The catalog has no feature with the key {feature!r}.")
    if not user.is_authenticated:
        return _invitation(catalog, feature)
    entitlements = entitlements_for(user)
    if not entitlements.includes(feature):
        return _refusal(catalog, feature, reason=Reason.NOT_IN_PLAN, limit=0)
    limit = entitlements.features[feature]
    if limit is not None and quantity > limit:
        return _refusal(catalog, feature, reason=Reason.LIMIT_REACHED, limit=limit)
    return Decision(
        allowed=True,
        feature=feature,
        feature_name=catalog.feature_names[feature],
        reason=Reason.ALLOWED,
        limit=limit,
        remaining=limit,
    )


def plans_with_feature(feature: str) -> list[PlanOffer]:
    """The plans on sale that have the feature, cheapest first."""
    return list(catalog_for(AnonymousUser()).offers_with(feature))


def _invitation(catalog: CatalogView, feature: str) -> Decision:
    """The refusal to a visitor; ``limit`` is what signing in alone would give, 0 where a plan is needed."""
    refusal = _refusal(catalog, feature, reason=Reason.SIGN_IN, limit=0)
    if not catalog.free.includes(feature):
        return refusal
    limit = catalog.free.features[feature]
    return replace(refusal, upgrade_to=None, limit=limit, remaining=limit)


def _refusal(catalog: CatalogView, feature: str, *, reason: Reason, limit: int) -> Decision:
    return Decision(
        allowed=False,
        feature=feature,
        feature_name=catalog.feature_names[feature],
        reason=reason,
        limit=limit,
        remaining=limit,
        upgrade_to=next(catalog.offers_with(feature, more_than=limit), None),
    )
