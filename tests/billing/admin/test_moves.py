"""Moving customers in the admin: looked at first, followed, undone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.subscriptions.models import Subscription
from billing.subscriptions.moving.models import VersionMove
from billing.subscriptions.moving.running import run_batch
from tests.factories.billing import PlanVersionFactory, PriceFactory, SubscriptionFactory


@pytest.fixture
def price(db):
    """A price that two customers pay, of a version whose successor gives other things."""
    made = PriceFactory(
        version=PlanVersionFactory(plan__name="Team", is_current=False, features={"exports": None})
    )
    SubscriptionFactory.create_batch(2, price=made)
    target = PlanVersionFactory(plan=made.version.plan, number=2, features={"charts": None})
    PriceFactory(version=target)
    return made


def page(price) -> str:
    return reverse("billing_versions_modeladmin_customers", args=[price.version.pk])


def target(price) -> int:
    return price.version.plan.versions.get(number=2).pk


def test_the_page_says_who_loses_what_before_anything_happens(admin, price):
    content = admin.get(page(price)).content.decode()
    for words in (
        "2 customers would move",
        "They lose: Exports.",
        "Charts",
        "the same: Stripe hears of nothing",
    ):
        assert words in content
    assert not VersionMove.objects.exists()


def test_the_list_of_versions_leads_there_where_somebody_holds_one(admin, price):
    content = admin.get("/admin/billing/versions/").content.decode()
    assert content.count("Move customers</a>") == 1
    assert page(price) in content


def test_a_move_is_begun_followed_and_undone(admin, price):
    begun = admin.post(
        page(price), {"target": target(price), "when": "now", "why": "Fair for all"}, follow=True
    )
    move = VersionMove.objects.get()
    content = begun.content.decode()
    for words in ("The move has begun.", "0 of 2", "data-still-busy", "Fair for all"):
        assert words in content
    run_batch(move=move)
    follow = reverse("billing_moves_modeladmin_inspect", args=[move.pk])
    content = admin.get(follow).content.decode()
    assert "2 of 2" in content
    assert "data-still-busy" not in content
    assert set(Subscription.objects.values_list("version__number", flat=True)) == {2}
    undo = reverse("billing_moves_modeladmin_undo", args=[move.pk])
    assert "Put them back" in admin.get(undo).content.decode()
    admin.post(undo)
    move.refresh_from_db()
    run_batch(move=move)
    assert set(Subscription.objects.values_list("version__number", flat=True)) == {1}
    assert "is undone, or on its way" in admin.post(undo, follow=True).content.decode()


def test_two_moves_of_one_version_are_refused_in_words(admin, price):
    answers = {"target": target(price), "when": "now"}
    admin.post(page(price), answers)
    again = admin.post(page(price), answers, follow=True)
    assert "Another move of this version is under way." in again.content.decode()


@pytest.mark.parametrize(
    "answers", [{}, {"target": "x"}, {"target": 0, "when": "now"}, {"when": "some day"}, {"why": "x" * 301}]
)
def test_answers_that_make_no_sense_move_nobody(admin, price, answers):
    response = admin.post(page(price), {"target": target(price), "when": "now", **answers} if answers else {})
    assert response.status_code == 200
    assert not VersionMove.objects.exists()


def test_a_plan_with_one_version_says_what_to_do_first(admin, db):
    lone = SubscriptionFactory().price
    assert "This plan has no other version." in admin.get(page(lone)).content.decode()


def test_the_pages_cost_as_much_for_two_customers_as_for_sixty(admin, price):
    counts = []
    for _ in range(2):
        admin.get(page(price))
        with CaptureQueriesContext(connection) as queries:
            admin.get(page(price))
        counts.append(len(queries))
        SubscriptionFactory.create_batch(60, price=price)
    assert counts[0] == counts[1]


def test_who_may_only_look_moves_nobody(editor, price):
    assert editor.get(page(price)).url == reverse("wagtailadmin_home")
    assert editor.post(page(price), {"target": target(price), "when": "now"}).status_code == 302
    assert not VersionMove.objects.exists()
