"""What the audiences of a page and its sections come to: one rule. Pure; no database."""

from collections.abc import Iterable
from dataclasses import dataclass

from home.gate.audience import Audience

STRICTNESS = {Audience.EVERYONE: 0, Audience.MEMBERS: 1, Audience.PLANS: 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may read: everyone, members, or customers whose plan has ``feature`` (its key).

    A rule for customers without a feature is one nobody passes: the feature is gone, the page stays shut.
    """

    audience: Audience
    feature: str = ""

    @property
    def is_open(self) -> bool:
        """Everyone may read."""
        return self.audience is Audience.EVERYONE


OPEN = Rule(Audience.EVERYONE)


def rule_from(audience: str | None, feature: str | None) -> Rule:
    """The rule of one explicit choice; what is not understood is for nobody."""
    if audience == Audience.EVERYONE:
        return OPEN
    if audience == Audience.MEMBERS:
        return Rule(Audience.MEMBERS)
    return Rule(Audience.PLANS, feature or "")


def inherited(choices: Iterable[tuple[str, str | None]]) -> Rule:
    """The first explicit choice on the way from a page up to the front page; everyone, where there is none.

    ``choices`` are (audience, feature key), the page's own first.
    """
    for audience, feature in choices:
        if audience != Audience.INHERIT:
            return rule_from(audience, feature)
    return OPEN


def stricter(one: Rule, other: Rule) -> Rule:
    """The rule that lets fewer people in; ``one`` where neither does."""
    return other if STRICTNESS[other.audience] > STRICTNESS[one.audience] else one
