"""A billing admin changes what is sold, and the pricing page says so."""

from playwright.sync_api import Page, expect

from tests.e2e.people import sign_in
from tests.e2e.site import Site

TAGLINE = "For a team that meets on Tuesday"


def test_a_billing_admin_changes_a_plan_and_visitors_read_it(page: Page, site: Site) -> None:
    sign_in(page, site, "billing@example.com", site.password)
    page.goto(f"{site.address}/admin/billing/plans/")
    page.locator("tr", has_text="Cutter").get_by_role("link", name="Edit").click()
    page.locator("[name$=tagline]").fill(TAGLINE)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_contain_text("Cutter")

    page.goto(f"{site.address}/pricing/")
    expect(page.locator("main").get_by_text(TAGLINE)).to_be_visible()


def test_a_billing_admin_meets_no_page_in_the_admin(page: Page, site: Site) -> None:
    sign_in(page, site, "billing@example.com", site.password)
    page.goto(f"{site.address}/admin/")
    menu = page.locator("[data-wagtail-sidebar], #wagtail-sidebar").first
    expect(menu.get_by_role("button", name="Billing")).to_be_visible()
    assert "Pages" not in menu.inner_text()
