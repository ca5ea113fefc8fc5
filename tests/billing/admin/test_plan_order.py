"""The order of plans: up and down by buttons without a script, or dragged to a place."""

import pytest
from django.urls import reverse

from billing.catalog.models import Plan
from billing.catalog.order import place_plan, shift_plan
from billing.catalog.pricing import pricing
from tests.factories.billing import PlanVersionFactory, PriceFactory

ORDER = "/admin/billing/plans/order/"


@pytest.fixture
def plans(db) -> dict[str, Plan]:
    """Three plans at one place, as a new catalog has them."""
    return {
        key: PriceFactory(version=PlanVersionFactory(plan__key=key)).version.plan for key in ("a", "b", "c")
    }


def order() -> str:
    return "".join(card.key for card in pricing())


@pytest.mark.parametrize(
    ("key", "up", "after"),
    [("b", True, "bac"), ("b", False, "acb"), ("a", True, "abc"), ("c", False, "abc"), ("c", True, "acb")],
)
def test_a_plan_goes_one_place_up_or_down(plans, key, up, after):
    shift_plan(plan=plans[key], up=up)
    assert order() == after


@pytest.mark.parametrize(
    ("key", "place", "after"),
    [
        ("c", 0, "cab"),
        ("a", 2, "bca"),
        ("a", 1, "bac"),
        ("b", 1, "abc"),
        ("a", 10**8, "bca"),
        ("c", -1, "cab"),
    ],
)
def test_a_plan_is_put_at_a_place(plans, key, place, after):
    place_plan(plan=plans[key], place=place)
    assert order() == after


def test_a_plan_that_was_dragged_stays_where_it_was_put(admin, plans):
    assert admin.post(f"{ORDER}{plans['c'].pk}/?position=0").status_code == 204
    assert order() == "cab"


@pytest.mark.parametrize("query", ["", "?position=", "?position=-1", "?position=x", f"?position={'9' * 40}"])
def test_a_place_that_is_no_number_changes_nothing(admin, plans, query):
    assert admin.post(f"{ORDER}{plans['c'].pk}/{query}").status_code == 400
    assert order() == "abc"


@pytest.mark.parametrize("number", ["999999", "9" * 40])
def test_a_plan_that_does_not_exist_has_no_place(admin, plans, number):
    assert admin.post(f"{ORDER}{number}/?position=0").status_code == 404


def test_looking_at_the_address_of_a_place_changes_nothing(admin, plans):
    assert admin.get(f"{ORDER}{plans['c'].pk}/?position=0").status_code == 405
    assert order() == "abc"


def test_the_page_has_a_button_up_and_one_down_for_each(admin, plans):
    content = admin.get(ORDER).content.decode()
    assert 'aria-label="B up"' in content
    response = admin.post(ORDER, {"down": plans["a"].pk})
    assert response.url == f"{ORDER}#plan-{plans['a'].pk}"
    assert order() == "bac"


@pytest.mark.parametrize("answers", [{}, {"up": ""}, {"up": "x"}, {"up": "9" * 40}, {"down": 999}])
def test_an_answer_that_names_no_plan_changes_nothing(admin, plans, answers):
    assert admin.post(ORDER, answers).status_code == 404
    assert order() == "abc"


def test_the_list_leads_there(admin, plans):
    assert ORDER in admin.get("/admin/billing/plans/").content.decode()


def test_editors_order_nothing(editor, plans):
    for url in (ORDER, f"{ORDER}{plans['c'].pk}/?position=0"):
        assert editor.post(url, {"down": plans["a"].pk}).url == reverse("wagtailadmin_home")
    assert order() == "abc"
