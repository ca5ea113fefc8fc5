"""A customer buys credits and asks for more when they run low; an admin corrects and watches."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import new_address, pay_with, sign_in, sign_up
from tests.e2e.site import Site

PASSWORD = "a long walk to the harbour"


def small_pack(page: Page):
    return page.locator("form[action$='/buy/small/']")


@pytest.fixture
def buyer(page: Page, site: Site) -> str:
    email = new_address()
    sign_up(page, site, email, PASSWORD)
    return email


def test_credits_are_bought_on_stripes_page_then_with_one_click(page: Page, site: Site, buyer: str) -> None:
    page.goto(f"{site.address}/billing/credits/")
    expect(page.get_by_text("No credits yet")).to_be_visible()
    small_pack(page).get_by_label("How many packs").fill("2")
    expect(small_pack(page).get_by_text("€18.00 for 200 credits, all together")).to_be_visible()
    small_pack(page).get_by_role("button", name="Buy").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="200 credits are yours")).to_be_visible()

    page.goto(f"{site.address}/billing/credits/")
    small_pack(page).get_by_role("button", name="Buy with the saved card").click()
    expect(page.get_by_role("heading", name="100 credits are yours")).to_be_visible()
    page.get_by_role("link", name="See your credits").click()
    expect(page.get_by_text("300 credits to spend")).to_be_visible()
    page.get_by_role("link", name="Received").first.click()
    expect(page.get_by_role("heading", name="Received: +100")).to_be_visible()
    expect(page.get_by_text("they do not end, so they are used after those that do")).to_be_visible()


def test_a_declined_card_brings_nothing_and_the_way_back_says_so(page: Page, site: Site, buyer: str) -> None:
    page.goto(f"{site.address}/billing/credits/")
    small_pack(page).get_by_role("button", name="Buy").click()
    pay_with(page, card="4000000000000002")
    expect(page.get_by_text("declined", exact=False).first).to_be_visible()
    page.goto(f"{site.address}/billing/credits/?cancelled=1")
    expect(page.get_by_text("You came back without paying")).to_be_visible()
    expect(page.get_by_text("No credits yet")).to_be_visible()


def test_what_happens_when_they_run_low_is_chosen_with_limits(page: Page, site: Site, buyer: str) -> None:
    page.goto(f"{site.address}/billing/credits/settings/")
    page.get_by_label("Buy credits for me when they run low").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose what to buy.")).to_be_visible()
    expect(page.get_by_text("No balance is below 0")).to_be_visible()
    page.get_by_label("When fewer are left than").fill("10")
    page.get_by_label("Tell me when fewer").fill("20")
    page.locator("select[name=reload_pack]").select_option(label="100 credits for €9.00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Auto-reload is on")).to_be_visible()


def test_an_admin_corrects_grants_from_a_file_and_watches(page: Page, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "grants.csv"
    reference = new_address()
    file.write_text(
        "email,credits,reason,reference\n"
        f"member@example.com,10,Beta tester,{reference}\n"
        "nobody@example.com,10,Beta tester,other\n"
    )
    sign_in(page, site, "billing@example.com", site.password)
    page.goto(f"{site.address}/admin/billing/credits/bulk/")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("Nobody here has this e-mail address.")).to_be_visible()
    page.get_by_role("button", name="Grant 1 line").click()
    expect(page.get_by_text("Granted now: 1 of 2 lines. Granted before: 0. Left out: 1.")).to_be_visible()

    page.get_by_role("row", name="member@example.com").get_by_role("link", name="Give or take back").click()
    page.get_by_label("Take credits back").check()
    page.locator("input[name=amount]").fill("1")
    page.get_by_label("Reason").fill("One too many")
    page.get_by_role("button", name="Write the entry").click()
    expect(page.get_by_text("member@example.com has 1 credit less.")).to_be_visible()
    page.goto(f"{site.address}/admin/billing/credits/")
    expect(page.get_by_text("Outstanding: customers may still spend")).to_be_visible()
