"""Stripe's own table takes the place of ours only when it is really there; no request leaves this machine."""

import pytest
from playwright.sync_api import Page, Route, expect

from billing.checkout.pricing_table import HOST
from billing.checkout.pricing_table_settings import PricingTableSettings
from tests.billing.checkout.test_in_a_browser import signed_in
from tests.billing.checkout.test_pricing_table import KEY, TABLE
from tests.factories.home import PricingPageFactory

__all__ = ["signed_in"]

pytestmark = pytest.mark.django_db(transaction=True)

# What Stripe's script does as far as a page sees it: an element that grows to the height of its table.
RENDERS = """
customElements.define("stripe-pricing-table", class extends HTMLElement {
  connectedCallback() {
    const table = document.createElement("p");
    const secret = this.getAttribute("customer-session-client-secret");
    table.textContent = "Stripe's table for " + secret.slice(0, 5);
    this.attachShadow({ mode: "open" }).append(table);
    this.style.setProperty("display", "block");
    this.style.setProperty("height", "400px");
  }
});
"""
RENDERS_NOTHING = 'customElements.define("stripe-pricing-table", class extends HTMLElement {});'


@pytest.fixture
def pricing(signed_in, live_server, cutter) -> str:
    """The address of a pricing page on which Stripe's table is configured, and in which time stands still."""
    signed_in.clock.install(time=0)
    signed_in.clock.pause_at(1)
    PricingTableSettings.objects.create(table_id=TABLE, publishable_key=KEY)
    page = PricingPageFactory(slug="pricing", title="Pricing")
    return f"{live_server.url}{page.url}"


def serve(page: Page, script: str) -> None:
    """Answer for Stripe's script."""

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body=script)

    page.route(f"{HOST}/**", answer)


def ours(page: Page):
    return page.get_by_role("heading", name="Cutter")


def test_it_takes_the_place_of_ours_with_a_session_of_its_reader(stripe, signed_in, pricing, complaints):
    serve(signed_in, RENDERS)
    signed_in.goto(pricing)
    expect(signed_in.get_by_text("Stripe's table for cuss_")).to_be_visible()
    expect(ours(signed_in)).to_be_hidden()
    assert len(stripe.find("customer")) == 1


def test_blocked_it_leaves_ours(stripe, signed_in, pricing):
    signed_in.route(f"{HOST}/**", lambda route: route.abort())
    signed_in.goto(pricing)
    expect(signed_in.locator("[data-stripes-table]")).to_have_count(0)
    expect(ours(signed_in)).to_be_visible()


def test_without_a_session_it_leaves_ours(stripe, signed_in, pricing):
    stripe.fail("503", path="/v1/", times=20)
    serve(signed_in, RENDERS)
    signed_in.goto(pricing)
    expect(signed_in.locator("[data-stripes-table]")).to_have_count(0)
    expect(ours(signed_in)).to_be_visible()


def test_a_script_that_shows_nothing_in_time_leaves_ours(stripe, signed_in, pricing, complaints):
    serve(signed_in, RENDERS_NOTHING)
    signed_in.goto(pricing)
    expect(signed_in.locator("stripe-pricing-table")).to_be_attached()
    expect(ours(signed_in)).to_be_visible()
    signed_in.clock.run_for(7000)
    expect(signed_in.locator("[data-stripes-table]")).to_have_count(0)
    expect(ours(signed_in)).to_be_visible()


def test_who_is_choosing_in_ours_already_goes_on_there(stripe, signed_in, pricing, complaints):
    serve(signed_in, RENDERS_NOTHING)
    signed_in.goto(pricing)
    table = signed_in.locator("stripe-pricing-table")
    expect(table).to_be_attached()
    signed_in.locator("#plans a").locator("visible=true").first.focus()
    table.evaluate("table => { table.style.setProperty('display', 'block'); table.style.height = '400px' }")
    expect(signed_in.locator("[data-stripes-table]")).to_have_count(0)
    expect(ours(signed_in)).to_be_visible()


def test_who_runs_no_scripts_gets_ours(browser, live_server, signed_in, pricing):
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(pricing)
    expect(ours(page)).to_be_visible()
    expect(page.locator("[data-stripes-table]")).to_be_hidden()
    context.close()
