"""A customer changes, cancels and keeps a plan in a browser, with JavaScript and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import new_address, pay_with, sign_up
from tests.e2e.site import Site

PASSWORD = "a long walk to the harbour"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def customer(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """Somebody who has just begun a trial of Cutter."""
    context = browser.new_context(java_script_enabled=request.param, base_url=site.address)
    page = context.new_page()
    sign_up(page, site, new_address(), PASSWORD)
    page.goto("/billing/checkout/cutter/")
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()
    yield page
    context.close()


def test_a_plan_is_changed_cancelled_and_kept(customer: Page) -> None:
    page = customer
    page.goto("/billing/")
    page.get_by_role("link", name="Change the plan").click()
    page.get_by_role("link", name="Change to Schooner").locator("visible=true").first.click()
    expect(page.get_by_role("heading", name="From Cutter to Schooner")).to_be_visible()
    expect(page.get_by_text("What you gain")).to_be_visible()
    page.get_by_role("button", name="Change now").click()
    expect(page.get_by_role("heading", name="Schooner", exact=True)).to_be_visible()

    page.go_back()
    page.goto("/billing/")
    page.get_by_role("link", name="Cancel the plan").click()
    page.get_by_label("It costs too much").check()
    page.get_by_role("button", name="Cancel the plan").click()
    expect(page.get_by_text("Your plan ends on")).to_be_visible()
    page.get_by_role("button", name="Keep the plan").click()
    expect(page.get_by_text("Your plan ends on")).to_have_count(0)


def test_a_card_is_added_on_stripes_page_and_becomes_the_default(customer: Page) -> None:
    page = customer
    page.goto("/billing/methods/")
    page.get_by_role("button", name="Add a payment method").click()
    pay_with(page, card="5555555555554444")
    added = page.locator("main").get_by_role("listitem").filter(has_text="Mastercard ending in 4444")
    expect(added.get_by_text("Default", exact=True)).to_be_visible()


def test_every_step_of_the_trial_is_behind_the_bell(customer: Page) -> None:
    page = customer
    page.goto("/notices/")
    expect(page.get_by_role("link", name="Welcome to Cutter")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
