"""What somebody chose on the pricing page is what they get, whatever comes between: a mail, a delay."""

import re
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.people import confirm_address, fill_in_sign_up, new_address, pay_with, sign_up
from tests.e2e.site import Site

PASSWORD = "a long walk to the harbour"
SOON = 5  # seconds, within which the page after the payment says what happened


both_ways = pytest.mark.parametrize(
    "runs_scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)


@pytest.fixture
def runs_scripts() -> bool:
    """Whether the browser runs JavaScript, unless a test looks at both ways."""
    return True


@pytest.fixture
def context(runs_scripts: bool, browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browsing of somebody new."""
    made = browser.new_context(java_script_enabled=runs_scripts, base_url=site.address)
    yield made
    made.close()


@pytest.fixture
def late_webhooks(site: Site) -> Iterator[None]:
    """Stripe's events come ten seconds after what they tell of."""
    have_trouble(site, "late")
    yield
    have_trouble(site, "none")


def have_trouble(site: Site, kind: str) -> None:
    urlopen(Request(f"{site.addresses.stripe}/webhooks", data=f"trouble={kind}".encode()), timeout=10).close()


def choose_cutter(page: Page, *, currency: str = "USD") -> None:
    """By the year, in dollars."""
    page.goto("/pricing/")
    page.get_by_role("navigation", name="Currency").get_by_role("link", name=currency).click()
    expect(page.get_by_text("$39", exact=True)).to_be_visible()
    page.locator("label[for=billing-year]").click()
    expect(page.get_by_text("$390", exact=True)).to_be_visible()
    page.locator("main a[href*='/billing/checkout/cutter/']").locator("visible=true").first.click()


def expect_the_choice(page: Page) -> None:
    """The order says what was chosen: the plan, by the year, in dollars."""
    expect(page.get_by_role("heading", level=1, name="Cutter")).to_be_visible()
    expect(page.get_by_text("$390 per year")).to_be_visible()


def to_sign_up(page: Page) -> None:
    page.get_by_role("link", name="Create an account").click()


@both_ways
def test_the_pricing_page_compares_plans_in_every_way_they_are_sold(
    context: BrowserContext, runs_scripts: bool
) -> None:
    page = context.new_page()
    page.goto("/pricing/")
    cutter = page.get_by_role("region", name="Cutter")
    expect(cutter.get_by_text("€36", exact=True)).to_be_visible()
    page.locator("label[for=billing-year]").click()
    expect(page.get_by_text("save 16%")).to_be_visible()
    expect(cutter.get_by_text("€360", exact=True)).to_be_visible()
    expect(cutter.get_by_text("€36", exact=True)).to_be_hidden()
    expect(cutter.get_by_text("€30 a month, paid once a year")).to_be_visible()

    table = page.get_by_role("region", name="All features compared")
    expect(table.get_by_role("row", name="Connected sources").get_by_role("cell")).to_have_text(
        ["2", "8", "40"]
    )
    expect(page.get_by_role("region", name="100 credits").get_by_text("€9.00")).to_be_visible()
    answer = page.locator(".qs-faq__answer").first
    expect(answer).to_be_hidden()
    page.locator(".qs-faq summary").first.click()
    expect(answer).to_be_visible()

    page.get_by_role("navigation", name="Currency").get_by_role("link", name="USD").click()
    kept = "$390" if runs_scripts else "$39"  # a new page begins with the month
    expect(cutter.get_by_text(kept, exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="100 credits").get_by_text("$10.00")).to_be_visible()
    expect(page).to_have_url(re.compile("currency=USD"))


@both_ways
def test_a_chosen_plan_survives_sign_up_and_a_mail_that_is_opened_in_another_tab(
    context: BrowserContext, site: Site
) -> None:
    page, email = context.new_page(), new_address()
    choose_cutter(page)
    to_sign_up(page)
    fill_in_sign_up(page, email, PASSWORD)
    other = context.new_page()
    other.goto("/help/")
    confirm_address(other, site, email)
    expect_the_choice(other)
    other.get_by_role("button", name="Go to payment").click()
    pay_with(other)
    expect(other.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()
    other.goto("/billing/")
    expect(other.get_by_text("$390", exact=False).first).to_be_visible()
    other.goto("/pricing/")
    mine = other.get_by_role("region", name="Cutter")
    expect(mine.get_by_text("Your plan")).to_be_visible()
    expect(mine.get_by_role("link", name="Pay this way").locator("visible=true")).to_have_count(1)
    expect(other.get_by_role("navigation", name="Currency")).to_have_count(0)
    other.goto("/billing/credits/")
    expect(other.get_by_text("$10.00", exact=True)).to_be_visible()
    expect(other.get_by_text("€9.00")).to_have_count(0)
    expect(other.get_by_role("navigation", name="Currency")).to_have_count(0)


def test_a_chosen_plan_survives_a_mail_that_is_opened_on_another_device(
    browser: Browser, context: BrowserContext, site: Site
) -> None:
    page, email = context.new_page(), new_address()
    choose_cutter(page)
    to_sign_up(page)
    fill_in_sign_up(page, email, PASSWORD)
    phone = browser.new_context(base_url=site.address)
    there = phone.new_page()
    confirm_address(there, site, email)
    there.locator("main input[name=login]").fill(email)
    there.locator("main input[name=password]").fill(PASSWORD)
    there.locator("main input[name=password]").press("Enter")
    expect_the_choice(there)
    phone.close()


def test_a_chosen_pack_survives_sign_up(context: BrowserContext, site: Site) -> None:
    page, email = context.new_page(), new_address()
    page.goto("/pricing/")
    page.get_by_role("navigation", name="Currency").get_by_role("link", name="USD").click()
    dollars = page.get_by_role("region", name="500 credits").filter(has_text="$42.00")
    dollars.get_by_role("link", name="Buy").click()
    to_sign_up(page)
    fill_in_sign_up(page, email, PASSWORD)
    confirm_address(page, site, email)
    expect(page.get_by_role("heading", name="Buy credits")).to_be_visible()
    expect(page.get_by_role("heading", name="500 credits")).to_be_visible()
    expect(page.get_by_text("$42.00")).to_be_visible()
    page.get_by_role("button", name="Buy").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="500 credits are yours")).to_be_visible()
    page.get_by_role("link", name="See your credits").click()
    expect(page.get_by_role("cell", name="$42.00")).to_be_visible()
    packs = page.get_by_role("region", name="Get more credits")
    expect(packs.get_by_text("€9.00")).to_be_visible()
    packs.get_by_role("link", name="USD").click()
    expect(packs.get_by_text("$10.00")).to_be_visible()
    expect(packs.get_by_text("€9.00")).to_have_count(0)


@both_ways
def test_who_goes_back_from_the_payment_finds_the_choice_again(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_up(page, site, new_address(), PASSWORD)
    page.goto("/billing/checkout/cutter/?interval=year&currency=USD&next=/soundings/")
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_role("link", name="Back to the shop").click()
    expect(page.get_by_text("You came back without paying")).to_be_visible()
    expect_the_choice(page)
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page)
    page.get_by_role("link", name="Go back to where you were").click()
    expect(page).to_have_url(f"{site.address}/soundings/")


def test_a_checkout_that_expired_leads_back_to_the_choice(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_up(page, site, new_address(), PASSWORD)
    page.goto("/billing/checkout/cutter/?interval=year&currency=USD")
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_role("link", name="Back to the shop").wait_for()
    session = urlsplit(page.url).path.rsplit("/", 1)[-1]
    site.stripe.v1.checkout.sessions.expire(session)

    page.goto(f"/billing/success/?session_id={session}")
    expect(page.get_by_role("heading", name="This checkout has expired")).to_be_visible()
    page.get_by_role("link", name="Choose it again").click()
    expect_the_choice(page)
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_label("Card number")).to_be_visible()
    assert session not in page.url


def test_after_the_payment_it_is_said_at_once_what_happened_though_the_webhook_is_late(
    context: BrowserContext, site: Site, late_webhooks: None
) -> None:
    page = context.new_page()
    sign_up(page, site, new_address(), PASSWORD)
    page.goto("/billing/checkout/cutter/")
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page)
    started = time.monotonic()
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()
    assert time.monotonic() - started < SOON
    assert "session_id" in parse_qs(urlsplit(page.url).query)


def test_a_promotion_code_lowers_what_is_paid(context: BrowserContext, site: Site) -> None:
    client = site.stripe.v1
    coupon = client.coupons.create({"percent_off": 50, "duration": "once"})
    code = f"HALF{time.time_ns()}"
    client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": code})
    page, email = context.new_page(), new_address()
    sign_up(page, site, email, PASSWORD)
    page.goto("/billing/checkout/cutter/")
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_label("Promotion code").fill("NOTHING")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#code-note")).to_be_visible()
    page.get_by_label("Promotion code").fill(code)
    page.get_by_role("button", name="Apply").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()
    customer = client.customers.list({"email": email}).data[0]
    [subscription] = client.subscriptions.list({"customer": customer.id, "expand": ["data.discounts"]}).data
    assert subscription.to_dict()["discounts"][0]["source"]["coupon"] == coupon.id
