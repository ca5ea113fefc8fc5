"""What the audiences of a page and its sections come to."""

import pytest

from home.gate.audience import Audience
from home.gate.rules import OPEN, Rule, inherited, rule_from, stricter

MEMBERS = Rule(Audience.MEMBERS)
PREMIUM = Rule(Audience.PLANS, "premium")


def test_without_any_choice_everyone_may_read() -> None:
    assert inherited([("inherit", None, None), ("inherit", None, None)]) == OPEN
    assert inherited([]) == OPEN


def test_the_nearest_choice_wins() -> None:
    premium, members, nothing = ("plans", "premium", None), ("members", None, None), ("inherit", None, None)
    assert inherited([nothing, members, premium]) == MEMBERS
    assert inherited([("everyone", None, None), premium]) == OPEN
    assert inherited([premium, ("everyone", None, None)]) == PREMIUM


def test_a_price_belongs_to_plans_quotas_and_credits_alone() -> None:
    assert rule_from("plans", "premium", 2) == Rule(Audience.PLANS, "premium", 2)
    assert rule_from("quota", "reads", None) == Rule(Audience.QUOTA, "reads")
    assert rule_from("credits", "ignored", 3) == Rule(Audience.CREDITS, credits=3)
    assert rule_from("members", "ignored", 3) == MEMBERS


def test_the_audiences_stand_in_the_order_of_their_strictness() -> None:
    quota, bought, plans = Rule(Audience.QUOTA, "reads"), Rule(Audience.CREDITS, credits=1), PREMIUM
    assert stricter(quota, bought) == stricter(bought, quota) == bought
    assert stricter(bought, plans) == stricter(plans, bought) == plans
    assert stricter(MEMBERS, quota) == quota


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
