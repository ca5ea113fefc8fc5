"""What the audiences of a page and its sections come to: one rule. Pure; no database."""

from collections.abc import Iterable
from dataclasses import dataclass

from home.gate.audience import Audience

STRICTNESS = {audience: place for place, audience in enumerate(Audience)}

Choice = tuple[str, str | None, int | None]
"""An audience, the key of its feature, and the credits that open the page."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may read: everyone, members, members within the quota ``feature``, customers whose plan has it.

    ``credits`` open the page too, above zero; where the audience is credits, nothing else does. A rule for a
    plan, a quota or credits that does not name them is one nobody passes.
    """

    audience: Audience
    feature: str = ""
    credits: int = 0

    @property
    def is_open(self) -> bool:
        """Everyone may read."""
        return self.audience is Audience.EVERYONE

    @property
    def is_quota(self) -> bool:
        """Each page that is read counts."""
        return self.audience is Audience.QUOTA

    @property
    def asks_of_page(self) -> bool:
        """Whether the answer differs from page to page for the same reader."""
        return self.is_quota or bool(self.credits)


OPEN = Rule(Audience.EVERYONE)


def rule_from(audience: str | None, feature: str | None, price: int | None = None) -> Rule:
    """The rule of one explicit choice; what is not understood is for nobody."""
    if audience == Audience.EVERYONE:
        return OPEN
    if audience == Audience.MEMBERS:
        return Rule(Audience.MEMBERS)
    if audience == Audience.CREDITS:
        return Rule(Audience.CREDITS, credits=price or 0)
    kind = Audience.QUOTA if audience == Audience.QUOTA else Audience.PLANS
    return Rule(kind, feature or "", price or 0)


def inherited(choices: Iterable[Choice]) -> Rule:
    """The first explicit choice on the way from a page up to the front page; everyone, where there is none.

    ``choices`` begin with the page's own.
    """
    for audience, feature, price in choices:
        if audience != Audience.INHERIT:
            return rule_from(audience, feature, price)
    return OPEN


def stricter(one: Rule, other: Rule) -> Rule:
    """The rule that lets fewer people in; ``one`` where neither does."""
    return other if STRICTNESS[other.audience] > STRICTNESS[one.audience] else one
