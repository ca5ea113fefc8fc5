"""A reader takes an article along as a report: asked first, paid with credits, made, downloaded."""

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.e2e.looking import faults, overflow
from tests.e2e.people import look_until, new_address, pay_with, sign_up
from tests.e2e.site import Site

PASSWORD = "a long walk to the harbour"
OPEN = "/soundings/the-monday-page/"
CLOSED = "/soundings/pricing-when-you-are-the-bottleneck/"
PAID_WORDS = "find the real limit"
GIVE_CREDITS = """
from django.contrib.auth import get_user_model
from billing import api
payer = api.note_payer(user=get_user_model().objects.get(email={email!r}))
api.grant(customer=payer, amount=5, terms=api.Terms("admin", {email!r}))
"""


@pytest.fixture
def reader(page: Page, site: Site) -> str:
    """The address of somebody who signed up in this browser, and has neither a plan nor credits."""
    email = new_address()
    sign_up(page, site, email, PASSWORD)
    return email


def give_credits(site: Site, email: str) -> None:
    site.manage("shell", "--no-imports", "--command", GIVE_CREDITS.format(email=email))


def words_of(file: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(file.read_bytes())).pages)


def download(page: Page) -> str:
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").first.click()
    assert started.value.suggested_filename.endswith(".pdf")
    return words_of(started.value.path())


def test_without_credits_a_reader_buys_some_is_led_back_and_gets_the_part_that_is_open(
    page: Page, site: Site, reader: str
) -> None:
    page.goto(f"{site.address}{CLOSED}")
    page.get_by_role("link", name="Take it along as a report").click()
    expect(page.get_by_text("That is not enough for a report.")).to_be_visible()
    expect(page.get_by_text("A part of this article is not open to you")).to_be_visible()
    page.get_by_role("link", name="Get credits").click()
    expect(page.get_by_text("You came here for more credits")).to_be_visible()
    page.locator("form[action$='/buy/small/']").get_by_role("button", name="Buy").click()
    pay_with(page)
    page.get_by_role("link", name="Go on where you were").click()

    expect(page.get_by_text("98 credits")).to_be_visible()
    page.get_by_role("button", name="Order it for 2 credits").dblclick()
    expect(page).to_have_url(f"{site.address}/reports/")
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_have_count(1)
    told = download(page)
    assert "A part of this article is not open to you" in told
    assert PAID_WORDS not in told
    page.goto(f"{site.address}/dashboard/")
    expect(page.get_by_text("98 to spend.")).to_be_visible()


def test_an_order_that_came_too_late_is_told_in_place_where_more_credits_are(
    page: Page, site: Site, reader: str
) -> None:
    give_credits(site, reader)
    windows = [page.context.new_page() for _ in range(3)]
    for window, article in zip(windows, (OPEN, CLOSED, "/soundings/cash-is-a-tide-table/"), strict=True):
        window.goto(f"{site.address}{article}")
        window.get_by_role("link", name="Take it along as a report").click()
    for window in windows[:2]:
        window.get_by_role("button", name="Order it for 2 credits").click()
        expect(window).to_have_url(f"{site.address}/reports/")
    windows[2].get_by_role("button", name="Order it for 2 credits").click()
    expect(windows[2].get_by_text("This takes 2 credits, and you have 1")).to_be_visible()
    expect(windows[2].get_by_role("link", name="Get credits")).to_be_visible()
    expect(windows[2].get_by_role("link", name="Get Schooner")).to_be_visible()


def test_without_javascript_it_is_ordered_and_the_list_is_loaded_again(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page, email = context.new_page(), new_address()
    sign_up(page, site, email, PASSWORD)
    give_credits(site, email)
    page.goto(f"{site.address}{OPEN}")
    page.get_by_role("link", name="Take it along as a report").click()
    page.get_by_role("button", name="Order it for 2 credits").click()
    expect(page).to_have_url(f"{site.address}/reports/")
    look_until(page, page.get_by_text("Ready", exact=True))
    assert "What a dashboard cannot do" in download(page)
    context.close()


def test_the_question_fits_every_window_and_passes_axe(page: Page, site: Site, reader: str) -> None:
    page.goto(f"{site.address}{OPEN}")
    page.get_by_role("link", name="Take it along as a report").click()
    expect(page.get_by_text("That is not enough for a report.")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.reload()
        assert faults(page) == []
    for width in (360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0
