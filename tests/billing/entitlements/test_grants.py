"""What is given by name: it begins and ends to the second, and nothing else takes it away or keeps it."""

from datetime import timedelta
from functools import partial
from itertools import chain, repeat

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing.api import Reason, check, entitlements_for, use, with_entitlements
from billing.audits.models import AuditEntry
from billing.catalog.errors import CatalogRefusal
from billing.catalog.services import delete_feature
from billing.entitlements.models import FeatureGrant
from billing.entitlements.services import change_grant, end_grant, grant_feature, switch_feature
from billing.subscriptions.services import reconcile_customer
from tests.billing.subscriptions.conftest import customer, subscribe
from tests.factories.billing import (
    FeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

__all__ = ["customer", "subscribe"]

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def loaded(user):
    """The user as the next request has it."""
    return with_entitlements(type(user).objects.all()).get(pk=user.pk)


@pytest.fixture
def clock(monkeypatch):
    """Moves what the site takes for now."""
    now = timezone.now()

    def move(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    move(now)
    move.start = now
    return move


@pytest.fixture
def exports():
    return FeatureFactory(key="exports")


def test_a_grant_opens_a_feature_that_no_plan_gives(exports):
    user = UserFactory()
    assert not check(loaded(user), "exports").allowed
    grant_feature(user=user, feature=exports, value=None, reason="Conference speaker")
    assert check(loaded(user), "exports").allowed
    assert not check(loaded(UserFactory()), "exports").allowed


def test_it_begins_and_ends_by_the_clock_to_the_second(exports, clock):
    user = UserFactory()
    begin, end = clock.start + timedelta(days=1), clock.start + timedelta(days=2)
    grant_feature(user=user, feature=exports, value=None, reason="Beta", starts_at=begin, ends_at=end)
    answers = []
    for moment in (clock.start, begin - SECOND, begin, end - SECOND, end, end + timedelta(days=400)):
        clock(moment)
        answers.append(check(loaded(user), "exports").allowed)
    assert answers == [False, False, True, True, False, False]


@pytest.mark.parametrize("looks", range(8))
@pytest.mark.parametrize("asking", [check, partial(use, key="report-1")])
def test_one_that_ends_in_the_middle_of_an_answer_counts_to_its_end_or_is_over(monkeypatch, asking, looks):
    user, seats = UserFactory(), FeatureFactory(key="seats", kind="limit")
    end = timezone.now() + timedelta(days=1)
    grant_feature(user=user, feature=seats, value=3, reason="Beta", ends_at=end)
    person, clock = loaded(user), chain(repeat(end - SECOND, looks), repeat(end))
    monkeypatch.setattr(timezone, "now", lambda: next(clock))

    answer = asking(person, "seats")

    assert (answer.allowed, answer.limit) in {(True, 3), (False, 0)}


def test_a_feature_that_was_granted_stays_on_record(exports):
    grant_feature(user=UserFactory(), feature=exports, value=None, reason="Beta")
    with pytest.raises(CatalogRefusal, match="was granted or used, so it stays on record"):
        delete_feature(feature=exports)


def test_between_its_turns_it_costs_no_query(exports, clock, django_assert_num_queries):
    user = UserFactory()
    grant_feature(
        user=user, feature=exports, value=None, reason="Beta", ends_at=clock.start + timedelta(days=1)
    )
    check(loaded(user), "exports")
    person = loaded(user)
    with django_assert_num_queries(0):
        assert check(person, "exports").allowed


def test_of_plan_and_grants_the_best_counts():
    seats = FeatureFactory(key="seats", kind="limit")
    subscription = SubscriptionFactory(price=PriceFactory(version=PlanVersionFactory(features={"seats": 10})))
    user = subscription.customer.user
    grant_feature(user=user, feature=seats, value=5, reason="Too few")
    assert entitlements_for(loaded(user)).features == {"seats": 10}
    more = grant_feature(user=user, feature=seats, value=50, reason="Override")
    assert entitlements_for(loaded(user)).features == {"seats": 50}
    end_grant(grant=more)
    assert entitlements_for(loaded(user)).features == {"seats": 10}


def test_a_comp_kept_after_a_paid_cancel_ends_when_it_says(stripe, customer, subscribe, publish, clock):
    """Somebody paid, was given more for a month, and cancelled: the comp lasts that month, not for ever."""
    exports = FeatureFactory(key="exports")
    bought = subscribe(publish("cutter", features={"seats": 3}))
    reconcile_customer(customer_id=customer.pk)
    end = clock.start + timedelta(days=30)
    grant_feature(user=customer.user, feature=exports, value=None, reason="Sorry", ends_at=end)
    stripe.client().v1.subscriptions.cancel(bought.id)
    reconcile_customer(customer_id=customer.pk)
    person = loaded(customer.user)
    assert (check(person, "exports").allowed, check(person, "seats").allowed) == (True, False)
    clock(end)
    assert not check(loaded(customer.user), "exports").allowed
    reconcile_customer(customer_id=customer.pk)
    assert not check(loaded(customer.user), "exports").allowed


def test_one_that_has_not_begun_can_be_ended_and_never_begins(exports, clock):
    user = UserFactory()
    later = clock.start + timedelta(days=3)
    grant = grant_feature(user=user, feature=exports, value=None, reason="Beta", starts_at=later)
    end_grant(grant=grant, why="Changed our minds")
    clock(later + SECOND)
    assert not check(loaded(user), "exports").allowed
    assert AuditEntry.objects.filter(kind="grant").latest("id").why == "Changed our minds"


def test_one_that_is_over_is_not_ended_again(exports, clock):
    grant = grant_feature(
        user=UserFactory(), feature=exports, value=None, reason="Beta", ends_at=clock.start + SECOND
    )
    clock(clock.start + timedelta(days=1))
    end_grant(grant=grant)
    grant.refresh_from_db()
    assert grant.ends_at == clock.start + SECOND


def test_it_may_last_longer_or_without_an_end(exports, clock):
    user = UserFactory()
    grant = grant_feature(user=user, feature=exports, value=None, reason="Beta", ends_at=clock.start + SECOND)
    change_grant(grant=grant, value=None, ends_at=None, reason="Beta for good")
    clock(clock.start + timedelta(days=3000))
    assert check(loaded(user), "exports").allowed


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "   "},
        {"reason": "x" * 301},
        {"value": 3},
        {"ends_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_what_makes_no_sense_is_refused(exports, wrong):
    with pytest.raises(ValidationError):
        grant_feature(**{"user": UserFactory(), "feature": exports, "value": None, "reason": "Why", **wrong})
    assert not FeatureGrant.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_featuregrant SET never_ends = false",
        "UPDATE billing_featuregrant SET ends_at = now()",
        "UPDATE billing_featuregrant SET reason = ''",
    ],
)
def test_the_database_refuses_a_grant_that_neither_ends_nor_says_so(exports, statement):
    grant_feature(user=UserFactory(), feature=exports, value=None, reason="For good")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE billing_featuregrant SET value = 7", "DELETE FROM billing_featuregrant"],
)
def test_a_change_by_whatever_way_counts_with_the_next_request(statement):
    seats, user = FeatureFactory(key="seats", kind="limit"), UserFactory()
    grant_feature(user=user, feature=seats, value=3, reason="Override")
    before = entitlements_for(loaded(user))
    connection.cursor().execute(statement)
    assert entitlements_for(loaded(user)) != before


def test_a_mark_of_rights_never_comes_twice_even_when_it_was_rolled_back(exports):
    user = UserFactory()
    grant = grant_feature(user=user, feature=exports, value=None, reason="Beta")
    seen = loaded(user).stripe_customer.entitlements_epoch
    with transaction.atomic():
        end_grant(grant=grant)
        rolled_back = loaded(user).stripe_customer.entitlements_epoch
        transaction.set_rollback(True)
    grant.refresh_from_db()
    change_grant(grant=grant, value=None, ends_at=None, reason="Beta again")
    assert len({seen, rolled_back, loaded(user).stripe_customer.entitlements_epoch}) == 3


def test_a_grant_opens_no_feature_that_is_switched_off(exports):
    user = UserFactory()
    grant_feature(user=user, feature=exports, value=None, reason="Beta")
    switch_feature(feature=exports, opening="nobody")
    assert check(loaded(user), "exports").reason == Reason.NOT_OPEN


@pytest.mark.parametrize("count", [10, 1000])
def test_what_it_costs_to_compile_does_not_grow_with_grants_and_features(
    exports, count, django_assert_num_queries
):
    user = UserFactory()
    features = [FeatureFactory(key=f"f{number}") for number in range(count)]
    for feature in features:
        grant_feature(user=user, feature=feature, value=None, reason="Beta")
    check(loaded(UserFactory()), "exports")
    person = loaded(user)
    with django_assert_num_queries(1):
        assert len(entitlements_for(person).features) == count
