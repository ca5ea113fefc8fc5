"""What somebody sees who meets something closed: a whole page, or the part of one that was asked for."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.e2e.looking import WIDTHS, faults, overflow
from tests.factories.billing import FeatureFactory, PlanVersionFactory, PriceFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
PUT_INTO_THE_PAGE = "htmx.ajax('GET', '/dashboard/settings/', 'main')"


@pytest.fixture
def closed(settings: Any) -> Iterator[str]:
    """The address of a site whose settings need "Exports", which only Cutter has."""
    settings.BILLING_PROTECTED_PATHS = [(r"^dashboard/settings/", "exports")]
    FeatureFactory(key="exports", name="Exports")
    cutter = {"plan__key": "cutter", "plan__name": "Cutter", "features": {"exports": None}}
    PriceFactory(version=PlanVersionFactory(**cutter), amount=3600, stripe_price_id="price_1")
    server = LiveServer("localhost")
    settings.ALLOWED_HOSTS = ["localhost"]
    yield server.url
    server.stop()


def test_a_refusal_names_what_is_closed_and_the_plan_that_opens_it_as_a_page_and_as_a_part_of_one(
    page: Page, closed: str
) -> None:
    for email in (None, "ada@example.com"):
        if email:
            client = Client()
            client.force_login(UserFactory(email=email))
            session = client.cookies["sessionid"].value
            page.context.add_cookies([{"name": "sessionid", "value": session, "url": closed}])
        answer = page.goto(f"{closed}/dashboard/settings/")
        assert answer is not None
        assert answer.status == 402
        expect(page.locator(".qs-paywall")).to_contain_text("Exports")
        expect(page.locator(".qs-paywall").get_by_role("link", name="Get Cutter")).to_be_visible()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert overflow(page) == 0
        assert faults(page) == []

    page.goto(f"{closed}/billing/")
    expect(page.locator(".qs-paywall")).to_have_count(0)
    page.evaluate(PUT_INTO_THE_PAGE)
    expect(page.locator("main .qs-paywall").get_by_role("link", name="Get Cutter")).to_be_visible()
    expect(page.locator("header")).to_have_count(1)
