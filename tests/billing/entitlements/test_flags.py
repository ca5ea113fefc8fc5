"""Features that are switched off, or open to some: in force at once, always for the same people."""

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from billing.api import Reason, check, explain, plans_with_feature, with_entitlements
from billing.catalog.models import Feature
from billing.entitlements.flags import Flags, Rollout, share_of
from billing.entitlements.services import grant_feature, name_testers, switch_feature
from tests.factories.billing import (
    FeatureFactory,
    PlanFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)


def loaded(user):
    return with_entitlements(type(user).objects.all()).get(pk=user.pk)


@pytest.fixture
def exports(db):
    """A feature on sale, and of the free plan."""
    version = PlanVersionFactory(plan__key="cutter", features={"exports": None})
    PriceFactory(version=version, stripe_price_id="price_cutter")
    free = PlanFactory(key="ashore", is_default=True, is_public=False)
    PlanVersionFactory(plan=free, features={"exports": None})
    return Feature.objects.get(key="exports")


def test_switched_off_it_is_closed_to_all_whatever_they_have_and_offered_to_nobody(exports):
    payer = SubscriptionFactory(price__version__features={"exports": None}).customer.user
    assert check(loaded(payer), "exports").allowed
    switch_feature(feature=exports, opening="nobody", why="It writes empty files")
    for person in (loaded(payer), loaded(UserFactory()), AnonymousUser()):
        decision = check(person, "exports")
        assert (decision.allowed, decision.reason, decision.upgrade_to) == (False, Reason.NOT_OPEN, None)
        assert "not open at the moment" in explain(decision, came_from="/").title
    assert plans_with_feature("exports") == []


def test_switched_on_again_everything_is_as_before(exports):
    user = UserFactory()
    switch_feature(feature=exports, opening="nobody")
    switch_feature(feature=exports, opening="all")
    assert check(loaded(user), "exports").allowed
    assert plans_with_feature("exports")[0].key == "cutter"


def test_a_warm_check_of_a_flagged_feature_asks_the_database_nothing(exports, django_assert_num_queries):
    switch_feature(feature=exports, opening="some", percent=50)
    user = UserFactory()
    check(loaded(user), "exports")
    person = loaded(user)
    with django_assert_num_queries(0):
        check(person, "exports")


def test_open_to_some_it_is_open_to_those_named(exports):
    named, other = UserFactory(), UserFactory()
    switch_feature(feature=exports, opening="some", percent=0)
    name_testers(feature=exports, users=[named])
    assert check(loaded(named), "exports").allowed
    assert check(loaded(other), "exports").reason == Reason.NOT_OPEN
    name_testers(feature=exports, users=[other])
    assert not check(loaded(named), "exports").allowed
    assert check(loaded(other), "exports").allowed


def test_open_to_some_it_still_needs_a_plan_that_gives_it(exports):
    PlanVersionFactory(plan__key="big", features={"charts": None})
    user = UserFactory()
    switch_feature(feature=Feature.objects.get(key="charts"), opening="some", percent=100)
    assert check(loaded(user), "charts").reason == Reason.NOT_IN_PLAN


def test_a_grant_reaches_past_the_part_that_it_is_open_to(exports):
    user = UserFactory()
    switch_feature(feature=exports, opening="some", percent=0)
    grant_feature(user=user, feature=exports, value=None, reason="Beta")
    assert check(loaded(user), "exports").allowed


def test_what_no_plan_names_everybody_has_by_default(exports):
    FeatureFactory(key="badge", default_value=1)
    FeatureFactory(key="drafts", kind="limit", default_value=3)
    user = UserFactory()
    assert check(loaded(user), "badge").limit is None
    assert check(loaded(user), "drafts").limit == 3
    PlanVersionFactory(plan=PlanFactory(key="ashore"), number=2, is_current=False)
    payer = SubscriptionFactory(price__version__features={"drafts": 1}).customer.user
    assert check(loaded(payer), "drafts").limit == 1


def test_the_catalog_is_read_in_as_many_queries_whatever_is_in_it(exports, django_assert_num_queries):
    for size in (10, 1000):
        customers = [UserFactory() for _ in range(10)]
        for number in range(size):
            FeatureFactory(key=f"f{size}_{number}", opening="some")
        name_testers(feature=exports, users=customers)
        user = loaded(UserFactory())
        with django_assert_num_queries(6):
            check(user, "exports")


@given(st.text(min_size=1, max_size=20), st.integers(1, 10**9), st.integers(0, 100), st.integers(0, 100))
def test_who_is_let_in_stays_in_when_more_are(feature, person, one, other):
    low, high = sorted((one, other))
    few, many = (Flags(rollouts={feature: Rollout(percent)}) for percent in (low, high))
    assert few.lets(feature, person) <= many.lets(feature, person)
    assert 0 <= share_of(feature, person) < 100


@pytest.mark.parametrize("percent", [0, 1, 25, 50, 100])
def test_a_part_is_about_as_large_as_it_says(percent):
    flags = Flags(rollouts={"exports": Rollout(percent)})
    inside = sum(flags.lets("exports", person) for person in range(1, 10_001))
    assert abs(inside - percent * 100) <= 150
    assert inside in range(1, 10_000) or percent in (0, 100)


def test_each_feature_lets_others_in_first():
    first, second = (
        {person for person in range(1000) if share_of(feature, person) < 10} for feature in ("a", "b")
    )
    assert len(first & second) < len(first) / 2
