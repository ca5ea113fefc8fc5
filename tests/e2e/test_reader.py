"""A reader finds an answer, says whether it helped, and writes to us: with JavaScript and without."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.site import Site

PERSON_TYPES_FOR = 2500  # milliseconds that the contact form expects a person to need, and some


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_results_appear_while_the_reader_types(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/search/")
    page.get_by_role("searchbox").press_sequentially("tide")
    expect(page.get_by_role("link", name="Cash is a tide table")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/search/\?q=tide"))


def test_the_search_works_without_javascript(plain: Page, site: Site) -> None:
    plain.goto(f"{site.address}/search/")
    plain.get_by_role("searchbox").fill("tide")
    plain.get_by_role("button", name="Search").click()
    expect(plain.get_by_role("link", name="Cash is a tide table")).to_be_visible()


def test_a_reader_says_whether_a_page_helped_and_changes_their_mind(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/help/choose-a-plan/")
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")


def write_to_us(page: Page, site: Site, address: str) -> None:
    page.goto(f"{site.address}/contact/")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Message").fill("How deep is the water?")
    page.wait_for_timeout(PERSON_TYPES_FOR)
    page.get_by_role("button", name="Send").click()


def test_a_mistake_in_the_contact_form_is_shown_where_it_is_and_then_sent(page: Page, site: Site) -> None:
    write_to_us(page, site, "nonsense")
    wrong = page.get_by_label("E-mail")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()
    wrong.fill("mara@example.com")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Message sent")).to_be_visible()
    site.mailbox.wait_for(to="ravi@example.com", subject="A message from the contact page")


def test_the_contact_form_works_without_javascript(plain: Page, site: Site) -> None:
    write_to_us(plain, site, "mara@example.com")
    expect(plain).to_have_url(f"{site.address}/contact/?sent")
    expect(plain.get_by_text("Message sent")).to_be_visible()
