"""What billing.api.check answers, and what it costs."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from billing import api
from billing.api import Reason, UnknownFeature, check, plans_with_feature, with_entitlements
from billing.subscriptions.models import Subscription
from tests.factories.billing import (
    FeatureFactory,
    PlanFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def on_sale(key, amount, features, **version):
    """A plan that can be bought for ``amount`` a month."""
    made = PlanVersionFactory(plan__key=key, plan__name=key.title(), features=features, **version)
    return PriceFactory(version=made, amount=amount, stripe_price_id=f"price_{key}")


def loaded(user):
    """The user as a request has it: with payer and epochs."""
    return with_entitlements(type(user).objects.all()).get(pk=user.pk)


@pytest.fixture
def free_plan(db):
    plan = PlanFactory(key="ashore", name="Ashore", is_default=True, is_public=False)
    return PlanVersionFactory(plan=plan, features={"seats": 1, "exports": 0})


@pytest.fixture
def cutter(free_plan):
    return on_sale("cutter", 3600, {"seats": 10, "exports": None}, trial_days=14)


def test_a_subscriber_may_use_what_the_plan_gives(cutter):
    subscription = SubscriptionFactory(price=cutter)
    decision = check(subscription.customer.user, "exports")
    assert (decision.allowed, decision.reason, decision.limit) == (True, Reason.ALLOWED, None)


def test_the_payers_row_gets_the_same_answer_as_the_person(cutter):
    subscription = SubscriptionFactory(price=cutter)
    assert check(subscription.customer, "exports") == check(subscription.customer.user, "exports")


def test_a_visitor_is_not_promised_for_free_what_nobody_sells(cutter):
    FeatureFactory(key="charts")
    unsold = check(AnonymousUser(), "charts")
    assert (unsold.reason, unsold.upgrade_to, unsold.signing_in_is_enough) == (Reason.SIGN_IN, None, False)
    assert "not on sale" in api.explain(unsold, came_from="/").title
    assert check(AnonymousUser(), "seats").signing_in_is_enough


def test_a_member_without_a_plan_gets_the_cheapest_plan_that_has_it(cutter):
    on_sale("schooner", 9600, {"exports": None})
    decision = check(UserFactory(), "exports")
    assert (decision.allowed, decision.reason) == (False, Reason.NOT_IN_PLAN)
    offer = decision.upgrade_to
    assert (offer.name, offer.price, offer.trial_days, offer.url) == (
        "Cutter",
        "€36 per month",
        14,
        "/billing/checkout/cutter/",
    )


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ({"USD": 3900}, "€36 or $39 per month"),
        ({"USD": 3900, "GBP": 3100}, "€36, £31 or $39 per month"),
        ({"USD": 3900, "GBP": 3100, "CHF": 3500}, "€36 or a price in your currency per month"),
    ],
)
def test_an_offer_names_its_price_to_readers_of_every_currency(cutter, others, named):
    for currency, amount in others.items():
        terms = {"version": cutter.version, "currency": currency}
        PriceFactory(**terms, amount=amount, stripe_price_id=f"price_{currency}")
        PriceFactory(**terms, amount=amount * 10, interval="year", stripe_price_id=f"year_{currency}")
    PriceFactory(version=cutter.version, currency="JPY", amount=5)  # not to be had at Stripe yet
    decision = check(UserFactory(), "exports")
    assert decision.upgrade_to.price == named
    assert f"for {named}" in api.explain(decision, came_from="/").reason


def test_a_limit_refuses_what_goes_beyond_it_and_offers_a_plan_with_more(cutter):
    user = UserFactory()
    assert check(user, "seats", quantity=1).allowed
    decision = check(user, "seats", quantity=2)
    assert (decision.reason, decision.limit, decision.upgrade_to.key) == (Reason.LIMIT_REACHED, 1, "cutter")


def test_nothing_is_offered_where_no_plan_has_more(cutter):
    user = SubscriptionFactory(price=cutter).customer.user
    assert check(user, "seats", quantity=11).upgrade_to is None


def test_a_visitor_has_to_sign_in_and_sees_an_offer_only_for_what_costs(cutter):
    costs, free = check(AnonymousUser(), "exports"), check(AnonymousUser(), "seats")
    assert (costs.allowed, costs.reason, costs.upgrade_to.key) == (False, Reason.SIGN_IN, "cutter")
    assert (free.allowed, free.reason, free.upgrade_to) == (False, Reason.SIGN_IN, None)


def test_a_key_nobody_defined_is_an_error_not_an_answer():
    with pytest.raises(UnknownFeature, match="nonsense"):
        check(UserFactory(), "nonsense")


def test_a_plan_that_stripe_does_not_know_or_that_is_hidden_or_archived_is_not_offered(cutter):
    PriceFactory(version=PlanVersionFactory(features={"api": None}))
    PriceFactory(
        version=PlanVersionFactory(features={"api": None}, plan__is_public=False), stripe_price_id="a"
    )
    archived = PlanVersionFactory(features={"api": None}, plan__archived_at=timezone.now())
    PriceFactory(version=archived, stripe_price_id="b")
    assert plans_with_feature("api") == []


def test_a_warm_check_costs_no_query(cutter, django_assert_num_queries):
    subscription = SubscriptionFactory(price=cutter)
    check(loaded(subscription.customer.user), "exports")
    with django_assert_num_queries(1):
        user = loaded(subscription.customer.user)
    with django_assert_num_queries(0):
        assert check(user, "exports").allowed
        assert not check(user, "seats", quantity=99).allowed


def test_a_warm_check_costs_no_query_for_a_member_without_a_payer(cutter, django_assert_num_queries):
    check(loaded(UserFactory()), "exports")
    user = loaded(UserFactory())
    with django_assert_num_queries(0):
        assert not check(user, "exports").allowed


def test_a_visitor_costs_one_query_per_request(cutter, django_assert_num_queries):
    check(AnonymousUser(), "exports")
    visitor = AnonymousUser()
    with django_assert_num_queries(1):
        check(visitor, "exports")
        check(visitor, "seats")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (Subscription.Status.TRIALING, True),
        (Subscription.Status.ACTIVE, True),
        (Subscription.Status.PAST_DUE, True),
        (Subscription.Status.UNPAID, False),
        (Subscription.Status.PAUSED, False),
        (Subscription.Status.INCOMPLETE, False),
        (Subscription.Status.INCOMPLETE_EXPIRED, False),
        (Subscription.Status.CANCELED, False),
    ],
)
def test_the_status_decides(cutter, status, allowed):
    subscription = SubscriptionFactory(price=cutter, status=status, started_at=timezone.now())
    assert check(subscription.customer.user, "exports").allowed is allowed


def test_an_overdue_plan_closes_when_its_grace_ends_with_nobody_doing_anything(cutter, monkeypatch):
    subscription = SubscriptionFactory(price=cutter, status="past_due", started_at=timezone.now())
    user = subscription.customer.user
    assert check(user, "exports").allowed
    later = timezone.now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert not check(user, "exports").allowed


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (1, True), (60, True)])
def test_each_plan_has_its_own_days_of_grace(cutter, days, allowed):
    cutter.version.grace_days = days
    cutter.version.save()
    subscription = SubscriptionFactory(price=cutter, status="past_due", started_at=timezone.now())
    assert check(subscription.customer.user, "exports").allowed is allowed


def test_an_edit_of_the_catalog_counts_with_the_next_request(cutter):
    user = UserFactory()
    assert not check(loaded(user), "exports").allowed
    free_feature = cutter.version.plan_features.model.objects.get(
        version__plan__is_default=True, feature__key="exports"
    )
    type(free_feature).objects.filter(pk=free_feature.pk).update(value=None)
    assert check(loaded(user), "exports").allowed


def test_a_new_feature_is_known_with_the_next_request(cutter):
    user = UserFactory()
    check(loaded(user), "exports")
    FeatureFactory(key="brand_new")
    assert not check(loaded(user), "brand_new").allowed


def test_current_subscription_says_what_the_customer_has(cutter):
    subscription = SubscriptionFactory(price=cutter)
    summary = api.current_subscription(subscription.customer.user)
    assert (summary.plan_name, summary.label, summary.amount) == ("Cutter", "Active", 3600)
    assert summary.next_payment_at == subscription.current_period_end
    assert api.current_subscription(UserFactory()) is None
