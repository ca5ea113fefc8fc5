"""A permission check: the compiled snapshot beside one query for each question."""

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model

from benchmarks.measure import Result, compare
from billing import api as billing
from billing.models import Subscription
from tests.factories.billing import PlanVersionFactory, StripeCustomerFactory, SubscriptionFactory

FEATURE = "reports"


@pytest.mark.django_db
def test_a_warm_check_beside_a_query_for_each(report: Callable[[Result], None]) -> None:
    version = PlanVersionFactory(features={FEATURE: None})
    customer = StripeCustomerFactory()
    SubscriptionFactory(customer=customer, version=version)
    user = billing.with_entitlements(get_user_model().objects).get(pk=customer.user_id)
    has_it = Subscription.objects.filter(
        customer__user=user,
        status__in=["trialing", "active", "past_due"],
        version__plan_features__feature__key=FEATURE,
    )
    assert billing.check(user, FEATURE).allowed
    assert has_it.exists()
    report(
        compare(
            "permission check, warm",
            lambda: billing.check(user, FEATURE),
            lambda: has_it.all().exists(),
            peer_name="one EXISTS query for each check",
            goal=20,
            times=200,
        )
    )
