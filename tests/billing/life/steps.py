"""What a customer does in a browser, each step as one verb, and what they read."""

import re

from playwright.sync_api import Page, expect

from tests.billing.life.running import Running
from tests.factories.members import PASSWORD


def words(page: Page) -> str:
    """What the page says, in one line."""
    return " ".join(page.locator("main").inner_text().split())


def sign_in(page: Page, email: str) -> None:
    """With the password."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/accounts/login/"))


def subscribe(page: Page, running: Running, plan: str, *, due: str, card_expires: str = "12 / 40") -> None:
    """Choose, pay on Stripe's page, come back."""
    page.goto(f"/billing/checkout/{plan}/")
    assert re.search(rf"Due today {re.escape(due)}\b", words(page)), words(page)
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_label("Card number").fill("4242424242424242")
    page.get_by_label("Expiry date").fill(card_expires)
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Ada Reader")
    page.locator("form button[type=submit]").last.click()
    expect(page.get_by_role("heading", name=f"Welcome to {plan.title()}")).to_be_visible()
    running.settle()


def preview(page: Page, plan: str, interval: str = "month") -> str:
    """What the change would bring."""
    page.goto(f"/billing/change/{plan}/?interval={interval}")
    return words(page)


def agree(page: Page, running: Running, button: str) -> None:
    """To what the button says."""
    page.get_by_role("button", name=button).click()
    expect(page).to_have_url(f"{running.address}/billing/")
    running.settle()


def shows(page: Page, path: str, *sentences: str) -> None:
    """These stand on the page."""
    page.goto(path)
    seen = words(page)
    for sentence in sentences:
        assert sentence in seen, seen
