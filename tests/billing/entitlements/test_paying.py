"""A plan or credits: the refusal names the price, and what was agreed to is paid once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.api import InsufficientCredits, Terms, balance, check, grant, note_payer, pay_for
from billing.models import CreditCost
from tests.factories.billing import FeatureFactory, PlanVersionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return FeatureFactory(key="report")


def cost(feature, amount, *, hours=0, unit="report"):
    since = timezone.now() + timedelta(hours=hours)
    return CreditCost.objects.create(feature=feature, unit=unit, amount=amount, effective_from=since)


def with_credits(amount):
    user = UserFactory()
    terms = Terms(source="admin", source_ref=f"gift-{user.pk}")
    grant(customer=note_payer(user=user), amount=amount, terms=terms)
    return user


def test_without_a_cost_only_a_plan_helps(report):
    decision = check(UserFactory(), "report")
    assert decision.unlock_with is None
    with pytest.raises(ValueError, match="not to be had for credits"):
        pay_for(UserFactory(), decision, key="one")


def test_the_cost_of_this_moment_is_named_for_all_that_is_wanted(report):
    cost(report, "3", hours=-2)
    cost(report, "2.5", hours=-1)
    cost(report, "9", hours=1)
    assert check(UserFactory(), "report").unlock_with == Decimal("2.5")
    assert check(UserFactory(), "report", quantity=2).unlock_with == 5
    assert check(UserFactory(), "report", or_credits=1).unlock_with == 1


def test_a_new_cost_counts_at_once(report):
    user = UserFactory()
    assert check(user, "report").unlock_with is None
    cost(report, "2", hours=-1)
    assert check(type(user).objects.get(pk=user.pk), "report").unlock_with == 2


def test_a_feature_with_several_units_has_no_one_price(report):
    cost(report, "2", hours=-1)
    cost(report, "1", hours=-1, unit="page")
    assert check(UserFactory(), "report").unlock_with is None


def test_who_has_it_is_told_no_price(report):
    PlanVersionFactory(plan__is_default=True, features={"report": None})
    cost(report, "2", hours=-1)
    assert check(UserFactory(), "report").unlock_with is None


def test_what_was_agreed_to_is_paid_once(report):
    cost(report, "2", hours=-1)
    user = with_credits(5)
    for _ in range(3):
        pay_for(user, check(user, "report"), key="report-1")
    assert balance(user).available == 3


def test_without_credits_nothing_happens(report):
    cost(report, "2", hours=-1)
    user = UserFactory()
    with pytest.raises(InsufficientCredits):
        pay_for(user, check(user, "report"), key="report-1")
