"""Using what a plan gives so many of: counted once per key, never beyond the limit."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F
from django.utils import timezone

from billing import api
from billing.api import Reason, UnknownFeature, check, counted_keys, explain, use, with_entitlements
from billing.catalog.models import Feature, PlanVersion
from billing.models import Notice, StripeCustomer, UsageEvent, UsageTotal
from tests.factories.billing import (
    FeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
RACERS = 20


@pytest.fixture
def reads():
    """Three reads a month in the free plan, ten in one that can be bought."""
    PlanVersionFactory(plan__key="ashore", plan__is_default=True, features={"reads": 3, "export": None})
    Feature.objects.filter(key="reads").update(name="Premium articles", unit="articles", period="month")
    bigger = PlanVersionFactory(plan__key="cutter", plan__name="Cutter", features={"reads": 10})
    PriceFactory(version=bigger, stripe_price_id="price_cutter")
    return Feature.objects.get(key="reads")


def loaded(user):
    return with_entitlements(type(user).objects.all()).get(pk=user.pk)


def test_each_use_counts_until_the_limit_and_then_names_the_plan_with_more(reads):
    user = UserFactory()
    left = [use(user, "reads", key=f"page-{n}").remaining for n in range(3)]
    refused = use(user, "reads", key="page-3")
    assert left == [2, 1, 0]
    assert (refused.allowed, refused.reason, refused.limit, refused.used) == (
        False, Reason.LIMIT_REACHED, 3, 3,
    )  # fmt: skip
    assert refused.upgrade_to.key == "cutter"
    assert UsageEvent.objects.count() == UsageTotal.objects.get().quantity == 3


def test_the_same_key_counts_once_and_stays_open_at_the_limit(reads):
    user = UserFactory()
    for _ in range(3):
        assert use(user, "reads", key="page").used == 1
    use(user, "reads", key="other", quantity=2)
    assert use(user, "reads", key="page").allowed
    assert not use(user, "reads", key="new").allowed


def test_a_quantity_beyond_what_is_left_is_refused_whole(reads):
    user = UserFactory()
    assert not use(user, "reads", key="four", quantity=4).allowed
    assert use(user, "reads", key="two", quantity=2).allowed
    assert not use(user, "reads", key="two more", quantity=2).allowed
    assert use(user, "reads", key="the last").remaining == 0


def test_a_refused_key_can_be_used_once_there_is_room(reads):
    user = UserFactory()
    use(user, "reads", key="all", quantity=3)
    assert not use(user, "reads", key="page").allowed
    UsageTotal.objects.update(quantity=2)
    assert use(user, "reads", key="page").allowed


def test_a_use_that_counted_or_does_not_fit_is_one_query_too(reads, django_assert_num_queries):
    user = UserFactory()
    use(user, "reads", key="one", quantity=3)
    person = loaded(user)
    check(person, "reads")
    with django_assert_num_queries(2):
        assert use(person, "reads", key="one").taken == 0
        assert not use(person, "reads", key="two").allowed


def test_what_does_not_fit_leaves_no_row_behind(reads):
    use(UserFactory(), "reads", key="four", quantity=10**12)
    assert not UsageTotal.objects.exists()
    assert not UsageEvent.objects.exists()


def test_counting_starts_again_with_the_next_month(reads, monkeypatch):
    user = UserFactory()
    use(user, "reads", key="all", quantity=3)
    assert not check(user, "reads").allowed
    later = check(user, "reads").renews_at + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert check(user, "reads").remaining == 3
    assert use(user, "reads", key="all").used == 1


def test_a_member_without_a_payer_uses_the_free_plan_and_gets_a_row_stripe_does_not_know(reads):
    user = UserFactory()
    assert use(user, "reads", key="page").allowed
    assert StripeCustomer.objects.get(user=user).stripe_id == ""


def test_a_visitor_and_a_plan_without_the_feature_count_nothing(reads):
    FeatureFactory(key="answers", kind=Feature.Kind.METER)
    assert use(AnonymousUser(), "reads", key="page").reason == Reason.SIGN_IN
    assert use(UserFactory(), "answers", key="page").reason == Reason.NOT_IN_PLAN
    assert not UsageEvent.objects.exists()
    assert not StripeCustomer.objects.exists()


def test_a_plan_without_limit_counts_all_the_same(reads):
    price = PriceFactory(version=PlanVersionFactory(features={"reads": 10}))
    price.version.plan_features.update(value=None)
    customer = SubscriptionFactory(price=price).customer
    decision = use(customer, "reads", key="a lot", quantity=10**12)
    assert (decision.allowed, decision.limit, decision.used, decision.remaining) == (True, None, 10**12, None)


def test_a_switch_is_not_counted(reads):
    assert use(UserFactory(), "export", key="one").allowed
    assert not UsageEvent.objects.exists()


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "3", None, 10**13])
def test_nothing_a_part_or_more_than_there_can_be_is_neither_used_nor_allowed(reads, quantity):
    person = UserFactory()
    for feature in ("reads", "export"):
        with pytest.raises(ValueError, match="whole numbers"):
            check(person, feature, quantity)
        with pytest.raises(ValueError, match="whole numbers"):
            use(person, feature, key="x", quantity=quantity)


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_use_has_a_name_of_its_own(reads, key):
    with pytest.raises(ValueError, match="255 characters"):
        use(UserFactory(), "reads", key=key)


def test_a_key_nobody_defined_is_an_error(reads):
    with pytest.raises(UnknownFeature):
        use(UserFactory(), "nonsense", key="x")


def test_what_was_used_comes_along_with_the_person(reads, django_assert_num_queries):
    user = UserFactory()
    use(user, "reads", key="one", quantity=2)
    check(loaded(user), "reads")
    with django_assert_num_queries(1):
        person = loaded(user)
        assert (check(person, "reads").used, check(person, "reads").remaining) == (2, 1)
    with django_assert_num_queries(1):
        use(person, "reads", key="two")
    with django_assert_num_queries(0):
        assert check(person, "reads").remaining == 0


def test_without_that_a_check_is_one_small_query(reads, django_assert_num_queries):
    customer = SubscriptionFactory().customer
    check(customer.user, "reads")
    person = type(customer.user).objects.select_related("stripe_customer").get(pk=customer.user_id)
    person.catalog_epoch = loaded(person).catalog_epoch
    with django_assert_num_queries(1):
        check(person, "reads")


def test_which_of_many_were_used_is_one_query(reads, django_assert_num_queries):
    user = UserFactory()
    use(user, "reads", key="page-1")
    person = loaded(user)
    with django_assert_num_queries(1):
        assert counted_keys(person, "reads", ["page-1", "page-2"]) == {"page-1"}
    assert counted_keys(AnonymousUser(), "reads", ["page-1"]) == set()


def test_a_refusal_says_how_many_are_gone_and_when_counting_starts_again(reads, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 9, tzinfo=UTC))
    user = UserFactory()
    refused = [use(user, "reads", key=str(n)) for n in range(4)][-1]
    told = explain(refused, came_from="/")
    assert told.title == "Premium articles: the limit is reached"
    assert "You have used 3 of 3 articles. Counting starts again on 1 December." in told.reason
    assert "Cutter gives you more" in told.reason


@pytest.mark.parametrize("overage", ["grace", "bill"])
def test_what_may_go_beyond_the_limit_passes_and_is_counted(reads, overage):
    Feature.objects.filter(key="reads").update(overage=overage)
    user = UserFactory()
    decision = use(user, "reads", key="many", quantity=5)
    assert (decision.allowed, decision.used, decision.remaining, decision.taken) == (True, 5, 0, 5)
    assert check(user, "reads").allowed


def test_what_is_let_pass_is_told_once_for_each_period_and_limit(reads, monkeypatch):
    Feature.objects.filter(key="reads").update(overage=Feature.Overage.GRACE)
    user = UserFactory()
    for n in range(3):
        use(user, "reads", key=f"page-{n}")
    assert not Notice.objects.exists()
    for key in ("page-3", "page-3", "page-4", "page-0"):
        assert use(user, "reads", key=key).allowed
    notice = Notice.objects.get()
    assert (notice.user, notice.topic) == (user, "over_limit")
    assert "gives 3 articles of Premium articles, and you have used 4." in notice.text
    assert "Counting starts again on 1 " in notice.text

    customer = StripeCustomer.objects.get(user=user)
    SubscriptionFactory(customer=customer, version=PlanVersion.objects.get(plan__key="cutter"))
    StripeCustomer.objects.update(entitlements_epoch=F("entitlements_epoch") + 1)
    use(loaded(user), "reads", key="eight", quantity=8)
    assert "gives 10 articles" in Notice.objects.latest("pk").text
    in_six_weeks = timezone.now() + timedelta(days=45)
    monkeypatch.setattr(timezone, "now", lambda: in_six_weeks)
    use(user, "reads", key="all", quantity=11)
    assert Notice.objects.count() == 3


@pytest.mark.parametrize("overage", ["block", "cap", "bill"])
def test_nobody_is_told_where_it_does_not_pass_or_is_paid_for(reads, overage):
    Feature.objects.filter(key="reads").update(overage=overage)
    user = UserFactory()
    for n in range(5):
        use(user, "reads", key=f"page-{n}")
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_use_that_cannot_be_told_is_not_counted(reads, monkeypatch):
    Feature.objects.filter(key="reads").update(overage=Feature.Overage.GRACE)
    monkeypatch.setattr("billing.entitlements.telling.notify", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        use(UserFactory(), "reads", key="four", quantity=4)
    assert not UsageTotal.objects.exists()


def test_a_capped_feature_gives_what_is_left_and_refuses_the_rest(reads):
    Feature.objects.filter(key="reads").update(overage="cap")
    user = UserFactory()
    assert check(user, "reads", quantity=5).allowed
    taken = [use(user, "reads", key=key, quantity=2).taken for key in ("a", "b", "b")]
    assert taken == [2, 1, 0]
    refused = use(user, "reads", key="c", quantity=2)
    assert (refused.allowed, refused.used, refused.taken) == (False, 3, None)


def race(user, keys):
    """Use ``reads`` once per key, all in the same moment; gives the decisions."""
    start = threading.Barrier(len(keys))

    def run(key):
        start.wait()
        try:
            return use(loaded(user), "reads", key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(run, keys))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_never_use_more_than_the_limit(reads):
    user = UserFactory()
    decisions = race(user, [f"page-{n}" for n in range(RACERS)])
    assert sum(decision.allowed for decision in decisions) == 3
    assert UsageTotal.objects.get().quantity == UsageEvent.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_key_twenty_times_at_once_counts_once(reads):
    user = UserFactory()
    decisions = race(user, ["page"] * RACERS)
    assert all(decision.allowed for decision in decisions)
    assert UsageTotal.objects.get().quantity == UsageEvent.objects.count() == 1


def test_a_warm_switch_is_answered_without_thinking(reads, django_assert_num_queries, monkeypatch):
    user = loaded(UserFactory())
    first = check(user, "export")
    monkeypatch.setattr("billing.entitlements.decisions.catalog_for", None)
    with django_assert_num_queries(0):
        assert check(user, "export") is first
    assert api.check is check
