"""A visitor becomes a subscriber and the premium page opens; the subscription ends and it closes."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import (
    confirm_address,
    fill_in_sign_up,
    look_until,
    new_address,
    pay_with,
    sign_up,
)
from tests.e2e.site import Site

ARTICLE = "/soundings/how-to-read-a-bad-month/"
PASSWORD = "a long walk to the harbour"


@pytest.fixture
def premium_words(site: Site) -> str:
    """A sentence of the article that stands below its preview divider, as the editor wrote it."""
    return site.manage("shell", "--no-imports", "--command", READ_LAST_WORDS).strip().splitlines()[-1]


READ_LAST_WORDS = """
from django.utils.html import strip_tags
from home.models import ArticlePage
article = ArticlePage.objects.get(slug="how-to-read-a-bad-month")
texts = [block for block in article.body if block.block_type == "text"]
print(strip_tags(texts[-1].value.source).strip()[-60:])
"""


def test_a_visitor_subscribes_and_the_article_opens_until_the_subscription_ends(
    page: Page, site: Site, premium_words: str
) -> None:
    email = new_address()
    page.goto(f"{site.address}{ARTICLE}")
    expect(page.locator(".qs-paywall")).to_be_visible()
    assert premium_words not in page.content()

    sign_up(page, site, email, PASSWORD)
    page.goto(f"{site.address}/pricing/")
    page.locator("main a[href*='/billing/checkout/cutter/']").locator("visible=true").first.click()
    expect(page.get_by_role("heading", name="Cutter")).to_be_visible()
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page)
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()

    page.goto(f"{site.address}{ARTICLE}")
    expect(page.locator(".qs-paywall")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text(premium_words)

    cancel_at_stripe(site, email)
    look_until(page, page.locator(".qs-paywall"))
    assert premium_words not in page.content()


def test_the_way_in_from_the_paywall_leads_back_to_the_article(
    page: Page, site: Site, premium_words: str
) -> None:
    page.goto(f"{site.address}{ARTICLE}")
    page.locator(".qs-paywall").get_by_role("link", name="Get Cutter").click()
    page.get_by_role("link", name="Create", exact=False).or_(
        page.get_by_role("link", name="Sign up", exact=False)
    ).first.click()
    email = new_address()
    fill_in_sign_up(page, email, PASSWORD)
    confirm_address(page, site, email)
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page)
    page.get_by_role("link", name="Go back to where you were").click()
    expect(page).to_have_url(f"{site.address}{ARTICLE}")
    expect(page.get_by_role("main")).to_contain_text(premium_words)


def test_a_declined_card_keeps_the_plan_shut_and_says_so(page: Page, site: Site) -> None:
    sign_up(page, site, new_address(), PASSWORD)
    page.goto(f"{site.address}/billing/checkout/cutter/")
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page, card="4000000000000002")
    expect(page.get_by_text("declined", exact=False).first).to_be_visible()
    page.goto(f"{site.address}{ARTICLE}")
    expect(page.locator(".qs-paywall")).to_be_visible()


def cancel_at_stripe(site: Site, email: str) -> None:
    """End the subscription at once, as somebody would in Stripe's dashboard."""
    client = site.stripe.v1
    customer = client.customers.list({"email": email}).data[0]
    subscription = client.subscriptions.list({"customer": customer.id}).data[0]
    client.subscriptions.cancel(subscription.id)
