"""The order of plans: up and down, one place at a time, without JavaScript."""

import pytest
from django.urls import reverse

from billing.catalog.models import Plan
from billing.catalog.order import shift_plan
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
    assert editor.post(ORDER, {"down": plans["a"].pk}).url == reverse("wagtailadmin_home")
    assert order() == "abc"
