"""While Stripe hangs, pages that do not need it are as fast as ever; the others say so and keep the input."""

import html
import time

import pytest
from django.core.cache import cache
from django.test import Client

from billing.gateway.client import connection
from tests.billing.gateway.test_patience import hanging_stripe
from tests.factories.billing import StripeCustomerFactory, SubscriptionFactory
from tests.factories.home import ArticlePageFactory, PricingPageFactory, front_page

__all__ = ["hanging_stripe"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Client:
    """A browser in which a subscriber is signed in."""
    cache.clear()
    client.force_login(SubscriptionFactory().customer.user)
    return client


@pytest.fixture
def visitor(publish) -> Client:
    """A browser in which somebody is signed in who could buy the plan "cutter"."""
    cache.clear()
    publish("cutter")
    client = Client()
    client.force_login(StripeCustomerFactory().user)
    return client


def test_pages_that_do_not_need_stripe_never_ask_it(hanging_stripe, member, monkeypatch):
    front_page()
    article = ArticlePageFactory(title="On knots")
    PricingPageFactory(slug="pricing")

    def never(*_: object) -> None:
        raise AssertionError("A page asked Stripe.")

    monkeypatch.setattr("billing.gateway.client.guarded", never)
    for address in ("/", "/pricing/", article.url, "/dashboard/", "/billing/", "/readyz", "/healthz"):
        started = time.monotonic()
        assert member.get(address).status_code == 200, address
        assert time.monotonic() - started < 10, address


def test_a_checkout_says_so_within_the_allowance_and_keeps_what_was_chosen(visitor, settings, request):
    request.getfixturevalue("hanging_stripe")
    settings.STRIPE_REQUEST_SECONDS = 1
    chosen = {"interval": "month", "next": "/articles/on-knots/"}
    started = time.monotonic()
    response = visitor.post("/billing/checkout/cutter/", chosen)
    assert time.monotonic() - started < 6
    page = html.unescape(response.content.decode())
    assert response.status_code == 503
    assert "The payment page did not open" in page
    assert "Nothing was charged and nothing is lost. Please try again in a minute." in page
    for name, value in chosen.items():
        assert f'name="{name}" value="{value}"' in page


def test_the_portal_says_so_on_the_page_it_was_opened_from(visitor, settings, request):
    request.getfixturevalue("hanging_stripe")
    settings.STRIPE_REQUEST_SECONDS = 1
    response = visitor.post("/billing/portal/", follow=True)
    assert response.redirect_chain == [("/billing/", 302)]
    assert "is not answering at the moment" in response.content.decode()


def test_the_same_click_works_when_stripe_is_back(stripe, visitor):
    stripe.fail("timeout", times=3)
    address, chosen = "/billing/checkout/cutter/", {"interval": "month", "next": "/articles/on-knots/"}
    connection.open(http_client=stripe.http_client())
    StripeCustomerFactory._meta.model.objects.update(stripe_id="")
    assert visitor.post(address, chosen).status_code == 503
    assert visitor.post(address, chosen).status_code == 303
    assert len(stripe.find("customer")) == len(stripe.find("checkout.session")) == 1
