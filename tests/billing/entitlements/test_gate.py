"""A view that asks for a feature: open, or closed with words in the form that the client reads."""

import asyncio
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from django.utils.html import escape
from django.views import View

from billing.api import (
    FeatureDenied,
    Reason,
    RequiresFeatureMixin,
    check,
    ensure_feature,
    requires_feature,
    use,
)
from billing.catalog.models import Feature
from billing.entitlements.answers import as_json
from billing.entitlements.middleware import ProtectedPathsMiddleware
from tests.factories.billing import (
    FeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/reference/payment-required.schema.json").read_text())


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
    assert told["reason"] == "not_in_plan"
    assert told["upgrade_to"]["url"] == "/billing/checkout/cutter/"
    assert "Cutter gives you more" in told["detail"]


def test_a_refused_post_does_not_lead_back_to_itself(subscriber):
    assert "next=%2F&" not in ask(UserFactory(), method="post").content.decode()
    assert (
        "/billing/checkout/cutter/?next=%2F&quot;" not in ask(UserFactory(), method="post").content.decode()
    )
    assert "/billing/checkout/cutter/?next=%2Fexport" not in ask(UserFactory(), "post").content.decode()


class AsyncExportView(RequiresFeatureMixin, View):
    """A closed class-based view of coroutines."""

    required_feature = "exports"

    async def get(self, request, what):
        return HttpResponse(f"the export {what}")


@pytest.mark.django_db(transaction=True)
def test_async_views_are_closed_and_opened_the_same_way(subscriber):
    def asked_by(user, view):
        request = AsyncRequestFactory().get("/export/")

        async def auser():
            return user

        request.auser, request.user = auser, user
        return asyncio.run(view(request, "of all"))

    for view in (export_async, AsyncExportView.as_view()):
        assert asked_by(subscriber, view).content == b"the export of all"
        assert asked_by(AnonymousUser(), view).status_code == 402


class ExportView(RequiresFeatureMixin, View):
    """A closed class-based view."""

    required_feature = "exports"

    def get(self, request):
        return HttpResponse("the export")


@requires_feature("exports", json=True)
def endpoint(request):
    """A view that only programs call."""
    return HttpResponse("{}")


def ask_as(user, **extra):
    request = RequestFactory().get("/export/", **extra)
    request.user = user
    return request


def test_a_class_based_view_is_closed_and_opened_the_same_way(subscriber):
    view = ExportView.as_view()
    assert view(ask_as(subscriber)).content == b"the export"
    assert view(ask_as(UserFactory())).status_code == 402


def test_a_class_based_view_that_names_no_feature_opens_for_nobody(subscriber):
    class Forgetful(RequiresFeatureMixin, View):
        pass

    with pytest.raises(ImproperlyConfigured, match="Forgetful"):
        Forgetful.as_view()(ask_as(subscriber))


def test_an_endpoint_answers_programs_whatever_they_accept(subscriber):
    response = endpoint(ask_as(UserFactory()))
    assert (response.status_code, response["Content-Type"]) == (402, "application/json")
    assert endpoint(ask_as(subscriber)).content == b"{}"


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_the_body_is_the_documented_one(subscriber, who):
    user = AnonymousUser() if who == "visitor" else UserFactory()
    told = json.loads(endpoint(ask_as(user)).content)
    assert set(told) == set(SCHEMA["required"])
    assert set(SCHEMA["properties"]) == {*told, "available", "buy_credits"}
    assert told["reason"] in SCHEMA["properties"]["reason"]["enum"]
    assert set(SCHEMA["properties"]["reason"]["enum"]) == {*map(str, Reason), "insufficient_credits"} - {
        "allowed"
    }
    assert set(told["upgrade_to"]) == set(SCHEMA["properties"]["upgrade_to"]["properties"])


def test_a_limit_tells_a_program_what_is_left_and_when_it_renews(subscriber):
    PlanVersionFactory(plan__is_default=True, features={"reads": 2})
    Feature.objects.filter(key="reads").update(period="month")
    user = UserFactory()
    use(user, "reads", key="both", quantity=2)
    told = as_json(check(user, "reads", or_credits=3))
    assert (told["reason"], told["limit"], told["used"], told["remaining"], told["unlock_with"]) == (
        "limit_reached", 2, 2, 0, "3",
    )  # fmt: skip
    assert told["renews_at"].endswith("-01T00:00:00+00:00")


def closed_site(settings, *paths):
    settings.BILLING_PROTECTED_PATHS = list(paths)
    return ProtectedPathsMiddleware(lambda _: HttpResponse("through"))


@pytest.mark.parametrize(
    ("path", "closed"), [("/api/v1/rows", True), ("/api/", True), ("/my/api/", False), ("/apiary", False)]
)
def test_a_pattern_closes_the_addresses_it_matches(subscriber, settings, path, closed):
    site = closed_site(settings, (r"^api/", "exports"))
    request = RequestFactory().get(path)
    request.user = UserFactory()
    assert (site(request).status_code == 402) is closed
    request.user = subscriber
    assert site(request).content == b"through"


def test_every_pattern_that_matches_is_asked(subscriber, settings):
    FeatureFactory(key="api")
    site = closed_site(settings, (r"^api/", "exports"), (r"^api/v2/", "api"))
    request = RequestFactory().get("/api/v2/", headers={"accept": "application/json"})
    request.user = subscriber
    assert json.loads(site(request).content)["feature"] == "api"


def test_without_patterns_the_middleware_is_not_there(settings):
    with pytest.raises(MiddlewareNotUsed):
        closed_site(settings)


def test_a_job_is_told_with_an_exception_that_carries_the_decision(subscriber):
    assert ensure_feature(subscriber, "exports").allowed
    assert ensure_feature(subscriber.stripe_customer, "exports").allowed
    with pytest.raises(FeatureDenied, match="exports: not_in_plan") as denied:
        ensure_feature(UserFactory(), "exports")
    assert denied.value.decision.upgrade_to.key == "cutter"
