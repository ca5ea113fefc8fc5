"""What a customer sees of their credits: history, balance, reasons, spending, and when they run low."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.people import look_until, new_address, pay_with, sign_in, sign_up
from tests.e2e.site import Site

PASSWORD = "a long walk to the harbour"
HISTORY = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from billing import api
from billing.credits.clock import at
payer = api.note_payer(user=get_user_model().objects.get(email={email!r}))
now = timezone.now()
with at(now - timedelta(days=9)):
    api.grant(customer=payer, amount=30, terms=api.Terms("admin", {email!r}), reason="Beta tester")
    soon = api.Terms("promotion", {email!r}, expires_at=now + timedelta(days=20))
    api.grant(customer=payer, amount=10, terms=soon, reason="Welcome back")
for days, feature, amount in ((8, "answers", 4), (6, "article_reports", 2), (5, "answers", 6)):
    with at(now - timedelta(days=days)):
        api.spend(customer=payer, amount=amount, key=str(days), feature=feature, reference=f"Work {{days}}")
"""
FIGURES = [("+30", "30"), ("+10", "40"), ("−4", "36"), ("−2", "34"), ("−6", "28")]  # noqa: RUF001


@pytest.fixture(scope="module")
def customer(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """Somebody with a history of five lines, signed in."""
    context = browser.new_context(base_url=site.address)
    page, email = context.new_page(), new_address()
    sign_up(page, site, email, PASSWORD)
    site.manage("shell", "--no-imports", "--command", HISTORY.format(email=email))
    yield context
    context.close()


@pytest.fixture
def credits_page(customer: BrowserContext) -> Iterator[Page]:
    page = customer.new_page()
    page.goto("/billing/credits/")
    yield page
    page.close()


def lines(page: Page) -> list[tuple[str, str]]:
    """The credits and the balance of each line, the oldest first."""
    rows = page.locator("#credit-history tbody tr").all()
    return [tuple(row.locator("td.is-numeric").all_inner_texts()) for row in reversed(rows)]  # type: ignore[misc]


def test_every_line_has_the_balance_after_it_and_its_reason(credits_page: Page) -> None:
    page = credits_page
    expect(page.get_by_text("28 credits to spend")).to_be_visible()
    assert lines(page) == FIGURES
    page.get_by_role("row", name="Work 5").get_by_role("link", name="Spent").click()
    expect(page.get_by_role("heading", name="Spent: −6")).to_be_visible()  # noqa: RUF001
    parts = page.get_by_role("listitem").filter(has_text="credits:")
    expect(parts).to_have_count(2)
    expect(parts.nth(0)).to_contain_text("Gift, 10 credits: what ends first is used first")
    expect(parts.nth(1)).to_contain_text("they do not end, so they are used after those that do")


def test_filters_show_what_fits_in_place_and_in_the_address(credits_page: Page) -> None:
    page = credits_page
    page.get_by_label("Spent on").select_option(label="Questions answered")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#credit-history tbody tr")).to_have_count(2)
    expect(page).to_have_url(re.compile("feature=answers"))
    page.reload()
    assert lines(page) == [("−4", "36"), ("−6", "28")]  # noqa: RUF001
    page.get_by_label("What happened").select_option(label="Expired")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No line of your history is of that kind")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("#credit-history tbody tr")).to_have_count(5)


def test_the_spreadsheet_has_the_lines_that_are_shown(credits_page: Page) -> None:
    page = credits_page
    page.get_by_label("What happened").select_option(label="Received")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#credit-history tbody tr")).to_have_count(2)
    with page.expect_download() as started:
        page.get_by_role("link", name="Download as CSV").click()
    with Path(started.value.path()).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["about"], row["credits"], row["balance"]) for row in rows] == [
        ("Beta tester", "30.0000", "30.0000"),
        ("Welcome back", "10.0000", "40.0000"),
    ]


def test_spending_is_drawn_by_day_and_feature_and_told_as_a_table(credits_page: Page) -> None:
    chart = credits_page.get_by_role("region", name="Spent in the last 30 days")
    expect(chart.locator("rect")).to_have_count(3)
    expect(chart.get_by_text("Questions answered: 10")).to_be_visible()
    expect(chart.get_by_text("Reports of articles: 2")).to_be_visible()
    chart.get_by_text("The same as a table").click()
    expect(chart.get_by_role("row")).to_have_count(4)


def test_who_asked_for_it_is_told_when_few_are_left(credits_page: Page) -> None:
    page = credits_page
    page.get_by_role("link", name="When they run low").click()
    page.get_by_label("Tell me when fewer").fill("100")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Nothing is bought for you.")).to_be_visible()
    page.goto("/notices/")
    look_until(page, page.get_by_text("28 credits are left"))


def test_an_address_that_says_bought_grants_nothing_before_it_is_paid(page: Page, site: Site) -> None:
    sign_up(page, site, new_address(), PASSWORD)
    page.goto(f"{site.address}/billing/credits/")
    pack = page.locator("form[action$='/buy/small/']")
    reference = pack.locator("input[name=reference]").input_value()
    pack.get_by_role("button", name="Buy").click()
    expect(page.get_by_label("Card number")).to_be_visible()
    page.goto(f"{site.address}/billing/credits/bought/{reference}/")
    expect(page.get_by_role("heading", name="We wait for your payment")).to_be_visible()
    page.get_by_role("link", name="Go to payment").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="100 credits are yours")).to_be_visible()


def test_credits_that_run_low_are_bought_with_the_saved_card_and_told_of(page: Page, site: Site) -> None:
    sign_up(page, site, new_address(), PASSWORD)
    page.goto(f"{site.address}/billing/credits/")
    page.locator("form[action$='/buy/small/']").get_by_role("button", name="Buy").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="100 credits are yours")).to_be_visible()
    page.goto(f"{site.address}/billing/credits/settings/")
    page.get_by_label("Buy credits for me when they run low").check()
    page.get_by_label("When fewer are left than").fill("150")
    page.locator("select[name=reload_pack]").select_option(label="100 credits for €9.00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Auto-reload is on")).to_be_visible()
    look_until(page, page.get_by_text("200 credits to spend"))
    expect(page.get_by_role("row", name="By auto-reload")).to_contain_text("€9.00")


def test_an_admin_gives_a_spend_back_and_the_customer_reads_why(
    page: Page, browser: Browser, site: Site
) -> None:
    email, reason = new_address(), "The answer was wrong"
    sign_up(page, site, email, PASSWORD)
    site.manage("shell", "--no-imports", "--command", HISTORY.format(email=email))
    context = browser.new_context(base_url=site.address)
    office = context.new_page()
    sign_in(office, site, "billing@example.com", site.password)
    office.goto(f"/admin/billing/credit-entries/?q={email}")
    office.get_by_role("row", name="Work 5").get_by_role("link", name="Give back").click()
    office.get_by_label("Reason").fill(reason)
    office.get_by_role("button", name="Give it back").click()
    expect(office.get_by_text(f"{email} has 6 credits back.")).to_be_visible()
    context.close()
    page.goto(f"{site.address}/billing/credits/")
    expect(page.get_by_text("34 credits to spend")).to_be_visible()
    expect(page.get_by_role("row", name=reason)).to_contain_text("+6")
