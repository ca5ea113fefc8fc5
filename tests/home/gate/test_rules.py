"""What the audiences of a page and its sections come to."""

import pytest

from home.gate.audience import Audience
from home.gate.rules import OPEN, Rule, inherited, rule_from, stricter

MEMBERS = Rule(Audience.MEMBERS)
PREMIUM = Rule(Audience.PLANS, "premium")


def test_without_any_choice_everyone_may_read() -> None:
    assert inherited([("inherit", None), ("inherit", None)]) == OPEN
    assert inherited([]) == OPEN


def test_the_nearest_choice_wins() -> None:
    assert inherited([("inherit", None), ("members", None), ("plans", "premium")]) == MEMBERS
    assert inherited([("everyone", None), ("plans", "premium")]) == OPEN
    assert inherited([("plans", "premium"), ("everyone", None)]) == PREMIUM


@pytest.mark.parametrize("audience", ["plans", "", "no such audience", None])
def test_a_choice_that_makes_no_sense_lets_nobody_in(audience: str | None) -> None:
    assert rule_from(audience, None) == Rule(Audience.PLANS, "")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(OPEN, MEMBERS, MEMBERS), (PREMIUM, MEMBERS, PREMIUM), (OPEN, OPEN, OPEN), (MEMBERS, PREMIUM, PREMIUM)],
)
def test_the_stricter_rule_is_the_one_fewer_people_pass(one: Rule, other: Rule, expected: Rule) -> None:
    assert stricter(one, other) == expected
    assert stricter(other, one) == expected


def test_of_two_equally_strict_rules_the_first_holds() -> None:
    workshops = Rule(Audience.PLANS, "workshops")

    assert stricter(PREMIUM, workshops) == PREMIUM
