"""What an action costs is what the list says at that moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.api import cost_of
from billing.credits.costs import CreditCost
from tests.factories.billing import FeatureFactory

pytestmark = pytest.mark.django_db


def test_a_cost_holds_from_its_moment_until_the_next_one():
    feature, now = FeatureFactory(key="reports"), timezone.now()
    for days, amount in ((-10, 2), (-1, 3), (1, 5)):
        begins = now + timedelta(days=days)
        CreditCost.objects.create(feature=feature, unit="report", amount=amount, effective_from=begins)
    assert cost_of("reports") == 3
    assert cost_of("reports", quantity=4, unit="report") == 12
    assert cost_of("reports", at=now - timedelta(days=5)) == 2
    assert cost_of("reports", at=now + timedelta(days=2)) == 5


def test_what_has_no_cost_takes_no_credits():
    assert cost_of("reports") == 0
    FeatureFactory(key="reports")
    assert cost_of("reports", unit="page") == 0


def test_less_than_nothing_has_no_price():
    with pytest.raises(ValueError, match="below zero"):
        cost_of("reports", quantity=-1)
