"""What a refusal says: what is closed, why, and what the way in would give."""

import pytest
from django.contrib.auth.models import AnonymousUser

from billing.api import check, explain
from billing.catalog.models import Feature
from tests.factories.billing import FeatureFactory, PlanVersionFactory, PriceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cutter():
    """A plan on sale that gives a number of seats, exports, and none of a third thing."""
    version = PlanVersionFactory(
        plan__key="cutter", plan__name="Cutter", features={"exports": None, "seats": 10, "workshops": 0}
    )
    Feature.objects.filter(key="seats").update(unit="people", position=1)
    Feature.objects.filter(key="exports").update(position=2)
    return PriceFactory(version=version, amount=3600, stripe_price_id="price_cutter")


@pytest.mark.parametrize("visitor", [True, False])
def test_the_plan_on_offer_says_what_else_it_gives(cutter, visitor):
    reader = AnonymousUser() if visitor else UserFactory()
    refusal = explain(check(reader, "exports"), came_from="/soundings/")
    assert refusal.plan_name == "Cutter"
    assert refusal.benefits == ("10 people", "Exports")


def test_nothing_is_promised_where_no_plan_is_on_offer():
    FeatureFactory(key="exports")
    assert explain(check(UserFactory(), "exports"), came_from="/").benefits == ()
