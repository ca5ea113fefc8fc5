"""May this person pass this rule? Billing answers for plans; nothing here knows what a plan is."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, AnonymousUser

from billing import api as billing
from home.gate.audience import Audience
from home.gate.rules import Rule

Reader = AbstractUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Access:
    """The answer for one reader and one rule; ``decision`` explains a refusal that a plan can lift."""

    rule: Rule
    allowed: bool
    decision: billing.Decision | None = None


def ask(user: Reader, rule: Rule) -> Access:
    """Whether ``user`` passes ``rule``. A feature that no longer exists lets nobody pass."""
    if rule.is_open:
        return Access(rule, allowed=True)
    if rule.audience is Audience.MEMBERS:
        return Access(rule, allowed=user.is_authenticated)
    if not rule.feature:
        return Access(rule, allowed=False)
    try:
        decision = billing.check(user, rule.feature)
    except billing.UnknownFeature:
        return Access(rule, allowed=False)
    return Access(rule, allowed=decision.allowed, decision=decision)
