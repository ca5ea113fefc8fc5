"""The rest of a plan's life: archive, restore, delete, publish; and features, which others rely on."""

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.catalog.models import Feature, Plan
from billing.gateway.client import connection
from billing.publishing.models import Publication
from sandbox.stripe import Sandbox
from tests.factories.billing import (
    FeatureFactory,
    PlanFactory,
    PlanFeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
)

INDEX = reverse("billing_plans_modeladmin_index")
PUBLISH = "/admin/billing/plans/publish/"


def address(action: str, plan: Plan) -> str:
    return f"/admin/billing/plans/{action}/{plan.pk}/"


@pytest.fixture
def account():
    """An empty Stripe account behind our gateway."""
    sandbox = Sandbox()
    connection.open(http_client=sandbox.http_client())
    yield sandbox
    connection.close()
    sandbox.close()


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_archiving_asks_first_then_tells_what_it_means(admin):
    plan = PlanFactory(name="Team")
    assert "Whoever has it keeps it" in admin.get(address("move", plan)).content.decode()
    assert "nobody new can buy it, who has it keeps it" in said(
        admin.post(address("move", plan), follow=True)
    )
    assert "The plan comes back hidden" in admin.get(address("move", plan)).content.decode()
    assert "is back, hidden for now" in said(admin.post(address("move", plan), follow=True))
    history = admin.get(address("history", plan)).content.decode()
    assert history.index("Restored") < history.index("Archived")


def test_the_free_plan_is_not_archived(admin):
    plan = PlanFactory(is_default=True)
    assert "Make another plan the free one" in said(admin.post(address("move", plan), follow=True))
    assert address("move", plan) not in admin.get(INDEX).content.decode()


def test_a_plan_that_nobody_knows_is_deleted_after_a_question(admin):
    plan = PriceFactory().version.plan
    assert "Nobody has it, so nobody loses anything." in admin.get(address("delete", plan)).content.decode()
    admin.post(address("delete", plan))
    assert not Plan.objects.exists()


def test_a_plan_with_customers_is_not_deleted_and_the_way_out_is_told(admin):
    plan = SubscriptionFactory().version.plan
    assert address("delete", plan) not in admin.get(INDEX).content.decode()
    for ask in (admin.get, admin.post):
        assert "Archive it instead." in said(ask(address("delete", plan), follow=True))
    assert address("delete", plan) not in admin.get(address("inspect", plan)).content.decode()
    assert Plan.objects.exists()


def test_editors_do_none_of_it(editor):
    plan = PlanFactory()
    for url in (address("move", plan), address("delete", plan), address("edit", plan), PUBLISH):
        assert editor.post(url).url == reverse("wagtailadmin_home")
    plan.refresh_from_db()
    assert plan.archived_at is None


def test_publishing_says_first_what_it_would_change_and_then_queues_the_job(admin, account):
    PriceFactory(version__plan__name="Team")
    assert "Create the price €19.00 per month." in admin.get(PUBLISH).content.decode()
    response = admin.post(PUBLISH, follow=True)
    assert "Publishing has begun." in said(response)
    assert "A publication to Stripe is under way." in response.content.decode()
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == (
        "billing.publishing.tasks.publish_catalog",
        {"publication_id": Publication.objects.get().pk},
    )
    assert account.find("product") == []


def test_when_stripe_is_out_of_reach_the_page_says_so(admin, account):
    PriceFactory()
    account.fail("timeout", times=3)
    content = admin.get(PUBLISH).content.decode()
    assert "Stripe cannot be reached." in content
    assert '<button class="button" type="submit">' not in content


def test_when_all_is_in_step_there_is_nothing_to_press(admin, account):
    assert "there is nothing to publish" in admin.get(PUBLISH).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "done", "changes": [{"plan": "team", "sentence": "x"}]}, "with 1 change."),
        ({"state": "failed", "error": "Stripe cannot be reached."}, "The last publication failed"),
    ],
)
def test_the_list_tells_how_the_last_publication_went(admin, fields, words):
    PlanFactory()
    Publication.objects.create(is_live_mode=False, finished_at="2026-01-01T00:00Z", **fields)
    assert words in admin.get(INDEX).content.decode()


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "not published"),
        ({"stripe_product_id": "p", "stripe_compared_at": None}, "changed since"),
        ({"stripe_product_id": "p", "stripe_compared_at": "2999-01-01T00:00Z"}, "in step"),
        (
            {
                "stripe_product_id": "p",
                "stripe_compared_at": "2999-01-01T00:00Z",
                "stripe_differences": ["Tean?"],
            },
            "Tean?",
        ),
    ],
)
def test_every_plan_tells_how_it_stands_at_stripe(admin, fields, state):
    PriceFactory(version__plan=PlanFactory(**fields))
    assert state in admin.get(INDEX).content.decode()


def feature(**fields) -> dict:
    return {
        "name": "Seats",
        "key": "seats",
        "kind": "limit",
        "unit": "people",
        "period": "",
        "overage": "block",
        "default_value": 0,
        "opening": "all",
        "opening_percent": 0,
        "position": 0,
        **fields,
    }


def test_a_feature_is_made_and_its_key_and_kind_stay_once_a_plan_gives_it(admin):
    admin.post("/admin/billing/features/create/", feature())
    made = Feature.objects.get(key="seats")
    PlanFeatureFactory(feature=made, value=3)
    admin.post(f"/admin/billing/features/edit/{made.pk}/", feature(key="x", kind="switch", name="Chairs"))
    made.refresh_from_db()
    assert (made.key, made.kind, made.name) == ("seats", "limit", "Chairs")


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"key": "Big-Key"}, "key", "Use small letters, digits and underscores"),
        ({"key": "taken"}, "key", "Another feature has this key already."),
        ({"kind": "switch", "unit": "", "period": "month"}, "period", "A switch is not counted"),
        ({"kind": "switch"}, "unit", "A switch is not counted"),
        ({"kind": "switch", "default_value": 2}, "default_value", "A switch is given or not."),
        ({"kind": "switch", "overage": "bill"}, "overage", "A switch has nothing beyond it."),
        ({"default_value": -1}, "default_value", "greater than or equal to 0"),
    ],
)
def test_mistakes_in_a_feature_are_told_at_their_field(admin, fields, field, message):
    FeatureFactory(key="taken")
    response = admin.post("/admin/billing/features/create/", feature(**fields))
    assert message in " ".join(response.context["form"].errors[field])


def test_a_feature_that_a_plan_gives_is_not_deleted(admin):
    given, unused = PlanFeatureFactory().feature, FeatureFactory()
    content = admin.get("/admin/billing/features/").content.decode()
    assert f"/admin/billing/features/delete/{unused.pk}/" in content
    assert f"/admin/billing/features/delete/{given.pk}/" not in content
    response = admin.post(f"/admin/billing/features/delete/{given.pk}/", follow=True)
    assert "now or in an earlier version, so it stays on record." in said(response)
    assert (
        "No plan gives it, and nobody ever had it."
        in admin.get(f"/admin/billing/features/delete/{unused.pk}/").content.decode()
    )
    admin.post(f"/admin/billing/features/delete/{unused.pk}/")
    assert list(Feature.objects.all()) == [given]


def test_a_plan_in_full_shows_what_it_is_today_and_no_earlier_version(admin):
    earlier = PriceFactory(
        amount=1900, version=PlanVersionFactory(is_current=False, features={"exports": None})
    )
    today = PlanVersionFactory(plan=earlier.version.plan, number=2, features={"charts": None})
    PriceFactory(version=today, amount=2900)
    content = admin.get(address("inspect", earlier.version.plan)).content.decode()
    for words, is_there in (("€29.00", True), ("€19.00", False), ("Charts", True), ("Exports", False)):
        assert (words in content) is is_there, words
