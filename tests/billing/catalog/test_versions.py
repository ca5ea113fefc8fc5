"""Versions: a change of what a plan gives never reaches those who hold it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing.catalog.content import PlanContent
from billing.catalog.errors import CatalogRefusal
from billing.catalog.models import Plan, PlanVersion, Price
from billing.catalog.queries import current_version, is_held
from billing.catalog.services import (
    Outcome,
    archive_plan,
    delete_plan,
    restore_plan,
    save_plan,
)
from tests.factories.billing import (
    CheckoutAttemptFactory,
    FeatureFactory,
    PlanFactory,
    PlanFeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db

MONTHLY = {("month", "EUR"): 1900}


@pytest.fixture
def held() -> PlanVersion:
    """A version with a price and a feature that one customer holds."""
    version = PlanVersionFactory(plan__key="team", features={"seats": 3})
    SubscriptionFactory(price=PriceFactory(version=version))
    return version


def test_the_first_save_makes_version_one():
    saved = save_plan(plan=Plan(key="solo", name="Solo"), content=PlanContent(prices=MONTHLY))
    assert (saved.outcome, saved.version.number, saved.kept_by) == (Outcome.FIRST, 1, 0)
    assert current_version(saved.plan) == saved.version


def test_the_same_content_twice_changes_nothing(held):
    saved = save_plan(plan=held.plan, content=PlanContent.of(held))
    assert (saved.outcome, saved.version) == (Outcome.UNCHANGED, held)


def test_a_version_nobody_holds_is_rewritten():
    version = PlanVersionFactory()
    saved = save_plan(plan=version.plan, content=PlanContent(trial_days=7, prices=MONTHLY))
    assert (saved.outcome, saved.version.pk, saved.version.trial_days) == (Outcome.UPDATED, version.pk, 7)


def test_a_held_version_stays_and_the_next_one_takes_its_place(held):
    saved = save_plan(plan=held.plan, content=PlanContent(prices={("month", "EUR"): 2900}))
    held.refresh_from_db()
    assert (saved.outcome, saved.version.number, saved.kept_by) == (Outcome.NEXT, 2, 1)
    assert (held.is_current, held.prices.get().amount) == (False, 1900)
    assert [row.value for row in held.plan_features.all()] == [3]


def test_customers_whose_subscription_ended_are_not_counted(held):
    ended = SubscriptionFactory(price=held.prices.get())
    ended.ended_at = ended.current_period_end
    ended.save()
    assert save_plan(plan=held.plan, content=PlanContent(prices=MONTHLY)).kept_by == 1


def test_a_checkout_that_began_holds_the_version():
    price = PriceFactory()
    assert not is_held(price.version)
    CheckoutAttemptFactory(price=price)
    assert is_held(price.version)
    saved = save_plan(plan=price.version.plan, content=PlanContent(prices={("year", "EUR"): 1}))
    assert saved.outcome == Outcome.NEXT


def test_a_price_that_stays_keeps_its_stripe_price_and_a_changed_one_loses_it():
    version = PlanVersionFactory()
    monthly = PriceFactory(version=version, stripe_price_id="price_month")
    PriceFactory(version=version, interval="year", amount=19000, stripe_price_id="price_year")
    prices = {("month", "EUR"): 1900, ("year", "EUR"): 18000}
    save_plan(plan=version.plan, content=PlanContent(prices=prices))
    assert list(version.prices.values_list("interval", "amount", "stripe_price_id")) == [
        ("month", 1900, "price_month"),
        ("year", 18000, ""),
    ]
    assert version.prices.get(interval="month").pk == monthly.pk


def test_saving_never_overwrites_what_publishing_wrote_meanwhile():
    plan = PlanFactory()
    Plan.objects.filter(pk=plan.pk).update(stripe_product_id="prod_1")
    save_plan(plan=plan, content=PlanContent(prices=MONTHLY))
    assert Plan.objects.get(pk=plan.pk).stripe_product_id == "prod_1"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_planversion SET trial_days = 99 WHERE id = %s",
        "DELETE FROM billing_planfeature WHERE version_id = %s",
        "UPDATE billing_planfeature SET value = 99 WHERE version_id = %s",
        "UPDATE billing_price SET amount = 1 WHERE version_id = %s",
        "DELETE FROM billing_price WHERE version_id = %s",
        "INSERT INTO billing_planfeature (version_id, feature_id) SELECT %s, id FROM billing_feature",
    ],
)
def test_the_database_refuses_to_change_a_held_version(held, statement):
    with pytest.raises(IntegrityError, match="held by customers"), transaction.atomic():
        connection.cursor().execute(statement, [held.pk])


def test_the_database_refuses_to_move_a_feature_into_a_held_version(held):
    elsewhere = PlanFeatureFactory()
    elsewhere.version = held
    with pytest.raises(IntegrityError, match="held by customers"), transaction.atomic():
        elsewhere.save()


def test_a_held_version_may_be_retired_and_its_price_may_learn_its_stripe_id(held):
    PlanVersion.objects.filter(pk=held.pk).update(is_current=False)
    Price.objects.filter(version=held).update(stripe_price_id="price_1")
    assert held.prices.get().stripe_price_id == "price_1"


def test_an_archived_plan_can_come_back_off_the_pricing_page():
    plan = PlanFactory()
    archive_plan(plan=plan)
    first = plan.archived_at
    archive_plan(plan=plan)
    assert plan.archived_at == first is not None
    restore_plan(plan=plan)
    plan.refresh_from_db()
    assert (plan.archived_at, plan.is_public) == (None, False)


def test_the_free_plan_is_neither_archived_nor_deleted():
    plan = PlanFactory(is_default=True)
    for refused in (archive_plan, delete_plan):
        with pytest.raises(CatalogRefusal, match="Make another plan the free one"):
            refused(plan=plan)


def test_an_abandoned_checkout_holds_the_version_it_offered():
    price = PriceFactory()
    CheckoutAttemptFactory(price=price, status="expired")
    content = replace(PlanContent.of(price.version), prices={("month", "EUR"): 2900})
    assert save_plan(plan=price.version.plan, content=content).outcome == Outcome.NEXT


def test_a_plan_that_nobody_knows_is_deleted_with_its_versions():
    version = PlanVersionFactory(features={"seats": 1})
    PriceFactory(version=version)
    delete_plan(plan=version.plan)
    assert not Plan.objects.exists()
    assert not PlanVersion.objects.exists()


def test_a_plan_that_somebody_had_or_stripe_knows_is_not_deleted(held):
    for plan in (
        held.plan,
        PlanFactory(stripe_product_id="prod_1"),
        CheckoutAttemptFactory().price.version.plan,
    ):
        with pytest.raises(CatalogRefusal, match="Archive it instead"):
            delete_plan(plan=plan)


def test_content_compares_by_what_it_says():
    version = PlanVersionFactory(trial_days=14, credits_per_period=Decimal(5), features={"seats": 3})
    content = PlanContent.of(version)
    seats = FeatureFactory(key="seats")
    assert content == PlanContent(trial_days=14, credits_per_period=Decimal("5.0000"), features={seats.pk: 3})
