"""A view that asks for a feature: open, or closed with words in the form that the client reads."""

import asyncio
import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from django.utils.html import escape

from billing.api import requires_feature
from tests.factories.billing import (
    FeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@requires_feature("exports")
def export(request, name):
    """A closed view."""
    return HttpResponse(f"the export {name}")


@requires_feature("exports")
async def export_async(request, name):
    """The same for an async server."""
    return HttpResponse(f"the export {name}")


@pytest.fixture
def subscriber():
    version = PlanVersionFactory(plan__key="cutter", plan__name="Cutter", features={"exports": None})
    price = PriceFactory(version=version, amount=3600, stripe_price_id="price_1")
    return SubscriptionFactory(price=price).customer.user


def ask(user, method="get", path="/export/", **headers):
    request = getattr(RequestFactory(), method)(path, headers=headers)
    request.user = user
    return export(request, "of all")


def test_who_has_the_feature_gets_the_view(subscriber):
    assert ask(subscriber).content == b"the export of all"


def test_the_view_keeps_its_name():
    assert (export.__name__, export.__doc__) == ("export", "A closed view.")


def test_a_member_gets_a_page_that_offers_the_plan(subscriber):
    response = ask(UserFactory(), path="/export/?day=1")
    page = response.content.decode()
    assert response.status_code == 402
    assert "<html" in page
    for told in ("Exports is not in your plan", "Get Cutter", "€36 per month"):
        assert told in page
    assert escape("/billing/checkout/cutter/?next=%2Fexport%2F%3Fday%3D1") in page
    assert "no-store" in response["Cache-Control"]


def test_a_visitor_gets_both_ways_in(subscriber):
    page = ask(AnonymousUser()).content.decode()
    assert "Exports is part of Cutter" in page
    assert "/accounts/login/?next=%2Fexport%2F" in page


def test_a_visitor_before_a_free_feature_only_signs_in(subscriber):
    PlanVersionFactory(plan__is_default=True, features={"exports": None})
    page = ask(AnonymousUser()).content.decode()
    assert "Sign in to go on" in page
    assert "/accounts/signup/?next=%2Fexport%2F" in page


def test_where_no_plan_has_it_support_is_named(settings):
    FeatureFactory(key="exports")
    assert f"write to {settings.SUPPORT_EMAIL}" in ask(UserFactory()).content.decode()


def test_htmx_gets_the_part_alone(subscriber):
    response = ask(UserFactory(), **{"HX-Request": "true"})
    assert response.status_code == 402
    assert "<html" not in response.content.decode()
    assert "Get Cutter" in response.content.decode()


def test_a_program_gets_json(subscriber):
    response = ask(UserFactory(), Accept="application/json")
    told = json.loads(response.content)
    assert response.status_code == 402
    assert told["decision"]["reason"] == "not_in_plan"
    assert told["decision"]["upgrade_to"]["url"] == "/billing/checkout/cutter/"
    assert "Cutter gives you more" in told["detail"]


def test_a_refused_post_does_not_lead_back_to_itself(subscriber):
    assert "next=%2F&" not in ask(UserFactory(), method="post").content.decode()
    assert (
        "/billing/checkout/cutter/?next=%2F&quot;" not in ask(UserFactory(), method="post").content.decode()
    )
    assert "/billing/checkout/cutter/?next=%2Fexport" not in ask(UserFactory(), "post").content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_async_view_is_closed_and_opened_the_same_way(subscriber):
    def asked_by(user):
        request = AsyncRequestFactory().get("/export/")

        async def auser():
            return user

        request.auser, request.user = auser, user
        return asyncio.run(export_async(request, "of all"))

    assert asked_by(subscriber).content == b"the export of all"
    assert asked_by(AnonymousUser()).status_code == 402
