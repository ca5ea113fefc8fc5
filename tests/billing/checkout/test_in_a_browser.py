"""The way back from Stripe in a real browser, under the site's content security policy."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from billing.checkout.services import start_checkout

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(page: Page, live_server, buyer) -> Page:
    """A page whose visitor is the buyer."""
    client = Client()
    client.force_login(buyer)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def test_the_page_looks_again_by_itself_until_the_plan_is_there(
    stripe, buyer, cutter, signed_in, live_server, complaints
):
    attempt = start_checkout(user=buyer, price=cutter)
    signed_in.goto(f"{live_server.url}/billing/success/?session_id={attempt.stripe_session_id}")
    expect(signed_in.get_by_role("heading", name="One moment, please")).to_be_visible()
    stripe.complete_checkout(attempt.stripe_session_id)
    expect(signed_in.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()
