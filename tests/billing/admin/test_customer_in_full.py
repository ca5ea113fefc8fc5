"""A customer's page: what they may do, and everything that gives it or holds it back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.catalog.models import Feature
from billing.customers.models import StripeCustomer
from billing.entitlements.origins import origins_of
from billing.entitlements.services import grant_feature, switch_feature
from tests.factories.billing import (
    CheckoutAttemptFactory,
    FeatureFactory,
    PlanFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)


@pytest.fixture
def customer(db) -> StripeCustomer:
    """Somebody with a plan, beside the free one."""
    free = PlanFactory(key="ashore", name="Ashore", is_default=True, is_public=False)
    PlanVersionFactory(plan=free, features={"seats": 1})
    version = PlanVersionFactory(plan__name="Cutter", features={"exports": None, "seats": 10})
    return SubscriptionFactory(
        price=PriceFactory(version=version), customer__user__email="ada@example.com"
    ).customer


def page(customer) -> str:
    return reverse("billing_customers_modeladmin_inspect", args=[customer.pk])


def origins(customer) -> dict[str, tuple[str, tuple[str, ...]]]:
    fresh = StripeCustomer.objects.get(pk=customer.pk)
    return {origin.feature: (origin.value, origin.sources) for origin in origins_of(fresh)}


def test_every_source_of_a_feature_is_named(customer):
    end = timezone.now() + timedelta(days=1)
    seats, charts = Feature.objects.get(key="seats"), FeatureFactory(key="charts")
    FeatureFactory(key="badge", default_value=1)
    grant_feature(user=customer.user, feature=seats, value=50, reason="Override")
    grant_feature(user=customer.user, feature=charts, value=None, reason="Beta", ends_at=end)
    switch_feature(feature=Feature.objects.get(key="exports"), opening="nobody")
    told = origins(customer)
    assert told["Seats"] == ("50", ("Plan Cutter: 10", "Plan Ashore: 1", "Grant: 50, without an end"))
    assert told["Exports"] == ("no", ("Plan Cutter: yes", "Switched off for everybody"))
    assert told["Charts"] == ("yes", (f"Grant: yes, until {end:%Y-%m-%d %H:%M:%S} UTC",))
    assert told["Badge"] == ("yes", ("Everybody without a plan that names it: yes",))


def test_somebody_who_is_held_back_is_told_apart(customer):
    switch_feature(feature=Feature.objects.get(key="exports"), opening="some", percent=0)
    assert origins(customer)["Exports"] == (
        "no",
        ("Plan Cutter: yes", "Open to some, and not to this customer"),
    )


def test_the_page_shows_plan_rights_grants_checkouts_and_ways_on(admin, customer):
    CheckoutAttemptFactory(customer=customer, price=customer.subscriptions.get().price)
    grant_feature(
        user=customer.user, feature=Feature.objects.get(key="exports"), value=None, reason="Conference"
    )
    content = admin.get(page(customer)).content.decode()
    for words in (
        "Plan Cutter: yes",
        "Grant: yes, without an end",
        "Conference",
        "Cutter, version 1",
        "(open)",
        "/admin/billing/grants/create/?email=ada%40example.com",
    ):
        assert words in content


def test_an_empty_customer_has_a_page_too(admin, db):
    lone = StripeCustomer.objects.create(user=UserFactory())
    assert "Nothing: no plan or grant gives them a feature." in admin.get(page(lone)).content.decode()


def test_the_page_costs_as_much_for_ten_grants_as_for_a_hundred(admin, customer):
    counts = []
    for size in (10, 100):
        for number in range(size):
            feature = FeatureFactory(key=f"f{size}_{number}")
            grant_feature(user=customer.user, feature=feature, value=None, reason="Beta")
            CheckoutAttemptFactory(
                customer=customer, price=customer.subscriptions.get().price, status="expired"
            )
        admin.get(page(customer))
        with CaptureQueriesContext(connection) as queries:
            admin.get(page(customer))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_editors_do_not_meet_customers(editor, customer):
    assert editor.get(page(customer)).url == reverse("wagtailadmin_home")
