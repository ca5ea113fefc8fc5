"""May this person do this, and if not: why, and what would help?"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from billing.catalog.models import Feature
from billing.customers.models import StripeCustomer
from billing.entitlements.offers import CatalogView, PlanOffer
from billing.entitlements.queries import catalog_for, entitlements_for, used_by
from billing.entitlements.snapshot import Entitlements
from billing.entitlements.tracing import note_answer
from billing.usage.periods import next_start

_ANSWERS = "_billing_answers"
MOST_AT_ONCE = 10**12  # beyond any feature, and far from what a sum in the database holds


class UnknownFeature(LookupError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """No feature of the catalog has this key: a mistake in code or content, never an answer to a customer."""


class Reason(StrEnum):
    """Why the answer is what it is."""

    ALLOWED = "allowed"
    SIGN_IN = "sign_in"
    NOT_IN_PLAN = "not_in_plan"
    LIMIT_REACHED = "limit_reached"
    NOT_OPEN = "not_open"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "may they?", with everything a page needs to explain it and to offer the way in.

    ``used`` of ``limit`` are gone in the period that ends at ``renews_at``. ``taken``: how many this use
    took, which may be what was left of more. ``unlock_with``: credits that would do in place of a plan.
    """

    allowed: bool
    feature: str
    feature_name: str
    reason: Reason
    limit: int | None = None
    used: int | None = None
    remaining: int | None = None
    taken: int | None = None
    unit: str = ""
    period: str = ""
    renews_at: datetime | None = None
    upgrade_to: PlanOffer | None = None
    unlock_with: Decimal | None = None

    @property
    def signing_in_is_enough(self) -> bool:
        """Whether a visitor needs an account and no plan: the free plan has the feature."""
        return self.reason == Reason.SIGN_IN and self.limit != 0


def check(who: Any, feature: str, quantity: int = 1, *, or_credits: Decimal | int | None = None) -> Decision:
    """Decide whether ``who``, a person or their payer's row, may use ``quantity`` of ``feature`` now.

    A visitor has to sign in, whatever the free plan gives. A switch is had or not; a limit or a meter allows
    what is left of its value in the present period, and an empty value any number. A refusal names the
    credits that would do instead: what ``or_credits`` says, else the feature's credit cost. Raises
    ``UnknownFeature`` for a key nobody defined, and ``ValueError`` for a quantity that is no whole number
    from one on.

    Costs no query once the user's entitlements are remembered in this process. A user of
    ``with_entitlements`` brings the amounts used along, and answers a second time without thinking.
    """
    known = who.__dict__.get(_ANSWERS)
    if known is not None and (answer := known.get((feature, quantity, or_credits))) is not None:
        note_answer(feature, answer.reason)
        return answer  # type: ignore[no-any-return]
    require_quantity(quantity)
    user = who.user if isinstance(who, StripeCustomer) else who
    catalog = catalog_for(user)
    if feature not in catalog.features:
        raise UnknownFeature(f"The catalog has no feature with the key {feature!r}.")
    mine = entitlements_for(user)
    decision = _decide(user, mine, catalog, feature, quantity)
    if not decision.allowed:
        decision = replace(decision, unlock_with=_price(catalog, feature, quantity, or_credits))
    if mine.stale_at is None:
        _remember(who, user, catalog, (feature, quantity, or_credits), decision)
    note_answer(feature, decision.reason)
    return decision


def require_quantity(quantity: int) -> None:
    """Raise ``ValueError`` for less than one, a part of one, or more than there can be."""
    if type(quantity) is not int or not 1 <= quantity <= MOST_AT_ONCE:
        raise ValueError("Something is used in whole numbers from one to a million million at a time.")


def plans_with_feature(feature: str) -> list[PlanOffer]:
    """The plans on sale that have the feature, cheapest first."""
    return list(catalog_for(AnonymousUser()).offers_with(feature))


def _price(
    catalog: CatalogView, feature: str, quantity: int, or_credits: Decimal | int | None
) -> Decimal | None:
    if or_credits is not None:
        return Decimal(or_credits)
    cost = catalog.cost_of(feature, now=timezone.now())
    return None if cost is None else cost * quantity


def plan_names_with(feature: str) -> list[str]:
    """Every plan that gives the feature, by name: the free one first, then those on sale, cheapest first."""
    catalog = catalog_for(AnonymousUser())
    free = catalog.default
    given = [free.plan_name] if free and free.values.get(feature, 0) != 0 else []
    return [*given, *(offer.name for offer in catalog.offers_with(feature))]


def decide_by_plan(user: Any, mine: Entitlements, catalog: CatalogView, feature: str) -> Decision | None:
    """The refusal of somebody who has nothing of the feature at all; ``None`` for those who have some.

    ``mine`` is what they have: looked up once for all of a decision, since a grant may end between two looks.
    """
    if mine.includes(feature):
        return None
    if not catalog.flags.lets(feature, user.pk):
        return replace(refusal(catalog, feature, reason=Reason.NOT_OPEN, limit=0), upgrade_to=None)
    if not user.is_authenticated:
        return _invitation(catalog, feature)
    return refusal(catalog, feature, reason=Reason.NOT_IN_PLAN, limit=0)


def permission(catalog: CatalogView, feature: str, *, limit: int | None, used: int | None = None) -> Decision:
    """The decision that lets them, with what is left afterwards."""
    facts = catalog.features[feature]
    return Decision(
        allowed=True,
        feature=feature,
        feature_name=facts.name,
        reason=Reason.ALLOWED,
        limit=limit,
        used=used,
        remaining=None if limit is None else max(0, limit - (used or 0)),
        unit=facts.unit,
        period=facts.period,
        renews_at=next_start(facts.period, timezone.now()) if facts.period else None,
    )


def refusal(
    catalog: CatalogView, feature: str, *, reason: Reason, limit: int, used: int | None = None
) -> Decision:
    """The decision that does not, with the cheapest plan that gives more."""
    return replace(
        permission(catalog, feature, limit=limit, used=used),
        allowed=False,
        reason=reason,
        upgrade_to=next(catalog.offers_with(feature, more_than=limit), None),
    )


def _decide(user: Any, mine: Entitlements, catalog: CatalogView, feature: str, quantity: int) -> Decision:
    refused = decide_by_plan(user, mine, catalog, feature)
    if refused is not None:
        return refused
    limit = mine.features[feature]
    facts = catalog.features[feature]
    used = used_by(user, facts) if facts.is_counted else None
    wanted = min(quantity, 1) if facts.overage == Feature.Overage.CAP else quantity
    if limit is not None and facts.stops_at_limit and (used or 0) + wanted > limit:
        return refusal(catalog, feature, reason=Reason.LIMIT_REACHED, limit=limit, used=used)
    return permission(catalog, feature, limit=limit, used=used)


def _invitation(catalog: CatalogView, feature: str) -> Decision:
    """The refusal to a visitor; ``limit`` is what signing in alone would give, 0 where a plan is needed."""
    refused = refusal(catalog, feature, reason=Reason.SIGN_IN, limit=0)
    if not catalog.free.includes(feature):
        return refused
    limit = catalog.free.features[feature]
    return replace(refused, upgrade_to=None, limit=limit, remaining=limit)


def _remember(who: Any, user: Any, catalog: CatalogView, question: Any, decision: Decision) -> None:
    """Keep the answer beside the person who brought the epochs along, unless use may change it."""
    if getattr(user, "catalog_epoch", None) is None or catalog.features[question[0]].is_counted:
        return
    who.__dict__.setdefault(_ANSWERS, {})[question] = decision
