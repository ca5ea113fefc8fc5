"""A customer says what stands on their invoices, with JavaScript and without; the next invoice says it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import new_address, pay_with, sign_up
from tests.e2e.site import Site

PASSWORD = "a long walk to the harbour"
SETTINGS = "/billing/settings/"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def customer(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[tuple[Page, str]]:
    """Somebody who has just begun a trial of Cutter, and their address."""
    context = browser.new_context(java_script_enabled=request.param, base_url=site.address)
    page, email = context.new_page(), new_address()
    sign_up(page, site, email, PASSWORD)
    page.goto("/billing/checkout/cutter/")
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()
    yield page, email
    context.close()


def fill_in_address(page: Page) -> None:
    page.get_by_label("Name or company").fill("Ada & Daughters")
    page.get_by_label("Street and number").fill("Kaistraße 7")
    page.get_by_label("Postal code").fill("20095")
    page.get_by_label("Town or city").fill("Hamburg")


def add_tax_number(page: Page, number: str) -> None:
    page.get_by_label("Number", exact=True).fill(number)
    page.get_by_role("button", name="Add the tax number").click()


def bill(site: Site, email: str) -> str:
    """Bill the customer something, as somebody would in Stripe's dashboard; gives the invoice's page."""
    client = site.stripe.v1
    customer = client.customers.list({"email": email}).data[0].id
    made = client.invoices.create({"customer": customer, "auto_advance": False})
    client.invoice_items.create(
        {"customer": customer, "invoice": str(made.id), "amount": 100, "currency": "eur"}
    )
    return client.invoices.finalize_invoice(str(made.id)).hosted_invoice_url or ""


def test_what_is_typed_in_stands_on_the_next_invoice(customer: tuple[Page, str], site: Site) -> None:
    page, email = customer
    page.goto("/billing/")
    page.get_by_role("link", name="Address, tax number, invoice mail").click()
    fill_in_address(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose the country of this address.")).to_be_visible()
    expect(page.get_by_label("Street and number")).to_have_value("Kaistraße 7")
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It stands on your invoices from the next one on.")).to_be_visible()
    expect(page.get_by_text("Your plan is paid in EUR, so this stays until it has ended.")).to_be_visible()

    add_tax_number(page, "DE12")
    expect(page.get_by_text("This tax number cannot be right.")).to_be_visible()
    expect(page.get_by_label("Number", exact=True)).to_have_value("DE12")
    add_tax_number(page, "DE123456789")
    expect(page.get_by_text("DE••••••789").first).to_be_visible()

    page.goto(bill(site, email))
    for words in ("Ada & Daughters", "Kaistraße 7", "20095", "Hamburg", "DE123456789"):
        expect(page.get_by_text(words).first).to_be_visible()


def test_every_part_of_stripes_portal_is_a_click_away_and_leads_back(
    customer: tuple[Page, str], site: Site
) -> None:
    page, _ = customer
    for button, heading in {
        "Name and invoice mail": "Your details",
        "Add a payment method": "Add a card",
        "Change the plan": "Change your plan",
        "Cancel the plan": "Cancel your subscription",
        "Stripe's customer portal": "Your billing",
    }.items():
        page.goto(SETTINGS)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        page.locator("a.back").click()
        expect(page).to_have_url(f"{site.address}{SETTINGS}")
