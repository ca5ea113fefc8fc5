"""May this person pass this rule? Billing answers for plans; nothing here knows what a plan is."""

from dataclasses import dataclass, replace

from django.contrib.auth.models import AbstractUser, AnonymousUser

from billing import api as billing
from home.gate.audience import Audience
from home.gate.rules import Rule

Reader = AbstractUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Access:
    """The answer for one reader and one rule.

    ``decision`` is billing's: it explains a refusal that a plan can lift, and says what is left of a quota.
    ``unread``: the reader may read the page within their quota, once they open it.
    """

    rule: Rule
    allowed: bool
    decision: billing.Decision | None = None
    unread: bool = False

    @property
    def is_used_up(self) -> bool:
        """Whether the reader's plan has the feature, and they used all that it gives."""
        return self.decision is not None and self.decision.reason == billing.Reason.LIMIT_REACHED


def ask(user: Reader, rule: Rule, *, has_read: bool = False) -> Access:
    """Whether ``user`` passes ``rule``. A feature that no longer exists lets nobody pass.

    ``has_read``: the page is one of those that counted in this period, so that a used up quota keeps it open.
    """
    if rule.is_open:
        return Access(rule, allowed=True)
    if rule.audience is Audience.MEMBERS:
        return Access(rule, allowed=user.is_authenticated)
    if not rule.feature:
        return Access(rule, allowed=False)
    try:
        decision = billing.check(user, rule.feature, or_credits=rule.credits or None)
    except billing.UnknownFeature:
        return Access(rule, allowed=False)
    answer = Access(rule, allowed=decision.allowed, decision=decision)
    return replace(answer, allowed=True) if has_read and answer.is_used_up else answer
