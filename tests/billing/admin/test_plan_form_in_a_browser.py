"""The plan form in a real browser, under the admin's content security policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from playwright.sync_api import Page, expect

from billing.catalog.models import Plan
from billing.catalog.queries import current_version
from tests.factories.billing import FeatureFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complained about, policy violations among it; the test ends with none."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


def sign_in(page: Page, live_server: Any) -> None:
    """Let the browser be a billing admin's; signing in has tests of its own."""
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Billing admins"))
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )


def test_a_plan_is_made_row_by_row_while_its_card_follows(
    page: Page, live_server: Any, complaints: list[str]
):
    seats = FeatureFactory(key="seats", name="Seats", kind="limit", unit="people")
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/billing/plans/create/")
    page.locator("#id_name").press_sequentially("Harbour crew")
    page.get_by_role("button", name="Add price").click()
    page.locator("#id_prices-0-amount").fill("19")
    page.get_by_role("button", name="Add feature").click()
    page.locator("#id_plan_features-0-feature").select_option(str(seats.pk))
    page.locator("#id_plan_features-0-value").fill("5")
    card = page.frame_locator("[data-plan-preview]")
    expect(card.get_by_role("heading", name="Harbour crew")).to_be_visible()
    expect(card.get_by_text("€19")).to_be_visible()
    expect(card.get_by_text("5 people")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Plan “Harbour crew” saved as version 1.")).to_be_visible()
    version = current_version(Plan.objects.get(key="harbour-crew"))
    assert version is not None
    assert (version.prices.get().amount, version.plan_features.get().value) == (1900, 5)
