"""A member reads within a quota, a buyer unlocks a page, an editor looks at both from every side."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import (
    confirm_address,
    fill_in_sign_up,
    new_address,
    pay_with,
    preview_as,
    sign_in,
    sign_up,
)
from tests.e2e.site import Site

COUNTED = "/soundings/nine-numbers/"
COUNTED_TOO = "/soundings/the-quiet-churn/"
SOLD = "/soundings/pricing-when-you-are-the-bottleneck/"
WRITTEN_AFTER = 30  # looks; the sums are written every ten seconds
GIVE_CREDITS = """
from django.contrib.auth import get_user_model
from billing import api
person = get_user_model().objects.get(email={email!r})
payer = api.note_payer(user=person)
api.grant(customer=payer, amount=5, terms=api.Terms(source="admin", source_ref="journey-" + str(person.pk)))
"""


@pytest.fixture
def member(page: Page, site: Site) -> str:
    """The address of somebody who signed up in this browser, and has no plan."""
    email = new_address()
    sign_up(page, site, email, "a long enough password")
    return email


def page_id(site: Site, slug: str) -> str:
    code = f"from wagtail.models import Page; print(Page.objects.get(slug={slug!r}).pk)"
    return site.manage("shell", "--no-imports", "--command", code).strip().splitlines()[-1]


def test_a_member_reads_one_article_a_month_and_is_told_what_opens_more(
    page: Page, site: Site, member: str
) -> None:
    page.goto(f"{site.address}{COUNTED}")
    expect(page.locator(".qs-paywall")).to_have_count(0)
    expect(page.get_by_text("It is the last one for now.")).to_be_visible()

    page.goto(f"{site.address}{COUNTED_TOO}")
    expect(page.locator(".qs-paywall")).to_contain_text("You have used 1 of 1.")
    expect(page.locator(".qs-paywall")).to_contain_text("Get Skiff")

    page.goto(f"{site.address}{COUNTED}")
    expect(page.locator(".qs-paywall")).to_have_count(0)


def test_a_reader_short_of_credits_buys_some_comes_back_and_unlocks_though_no_event_came_yet(
    page: Page, site: Site, member: str
) -> None:
    page.goto(f"{site.address}{SOLD}")
    page.get_by_role("link", name="Unlock this page for 2 credits").click()
    expect(page.get_by_text("That is not enough for this page.")).to_be_visible()
    with site.events_held_back():
        page.get_by_role("link", name="Get credits").click()
        page.locator("form[action$='/buy/small/']").get_by_role("button", name="Buy").click()
        pay_with(page)
        page.get_by_role("link", name="Go on where you were").click()
        expect(page.get_by_text("98 credits")).to_be_visible()
        page.get_by_role("button", name="Unlock for 2 credits").dblclick()
        expect(page).to_have_url(f"{site.address}{SOLD}")
        expect(page.locator(".qs-paywall")).to_have_count(0)

    page.reload()
    expect(page.locator(".qs-paywall")).to_have_count(0)
    page.goto(f"{site.address}/billing/credits/")
    expect(page.get_by_text("98 credits to spend")).to_be_visible()
    expect(page.locator("#credit-history tbody tr")).to_have_count(2)


def test_a_sale_is_told_in_the_report_and_given_back_by_a_billing_admin(
    page: Page, browser: Browser, site: Site
) -> None:
    email = new_address()
    page.goto(f"{site.address}/accounts/signup/?{urlencode({'next': SOLD})}")
    fill_in_sign_up(page, email, "a long enough password")
    confirm_address(page, site, email)
    site.manage("shell", "--no-imports", "--command", GIVE_CREDITS.format(email=email))
    page.goto(f"{site.address}{SOLD}")
    page.get_by_role("link", name="Unlock this page for 2 credits").click()
    page.get_by_role("button", name="Unlock for 2 credits").click()
    expect(page).to_have_url(f"{site.address}{SOLD}")
    expect(page.locator(".qs-paywall")).to_have_count(0)

    admin = browser.new_context(base_url=site.address).new_page()
    sign_in(admin, site, "billing@example.com", site.password)
    admin.goto("/admin/reports/page-unlocks/")
    admin.get_by_role("row", name=re.compile(email)).get_by_role("link", name="Refund…").click()
    admin.get_by_role("button", name="Give the credits back").click()
    expect(admin.locator(".messages")).to_contain_text("2 credits back")
    expect(admin.get_by_role("row", name=re.compile(email)).get_by_role("link")).to_have_count(0)
    admin.context.close()
    page.goto(f"{site.address}{SOLD}")
    expect(page.locator(".qs-paywall")).to_contain_text("Unlock this page for 2 credits")

    editor = browser.new_context(base_url=site.address).new_page()
    sign_in(editor, site, "editor@example.com", site.password)
    views, refused, unlocked, sign_ups = told_of(editor, page, site)
    assert views >= refused > 0
    assert unlocked > 0
    assert sign_ups > 0
    editor.context.close()


def told_of(editor: Page, reader: Page, site: Site) -> list[int]:
    """What the report says of the page on sale, once what was counted is written down."""
    for _ in range(WRITTEN_AFTER):
        reader.goto(f"{site.address}{SOLD}")
        editor.goto("/admin/reports/gated-pages/")
        cells = editor.get_by_role("row", name=re.compile("Pricing your work")).get_by_role("cell")
        numbers = [int(words) for words in cells.all_inner_texts()[-4:]]
        if all(numbers):
            break
        editor.wait_for_timeout(1000)
    return numbers


def test_an_editor_previews_the_article_as_a_visitor_and_as_a_customer(page: Page, site: Site) -> None:
    sign_in(page, site, "editor@example.com", site.password)
    page.goto(f"{site.address}/admin/pages/{page_id(site, 'how-to-read-a-bad-month')}/edit/")
    page.get_by_role("button", name="Toggle preview").click()
    panel = page.frame_locator("#w-preview-iframe")
    expect(panel.locator("h1")).to_have_text("How to read a bad month")
    expect(panel.locator(".qs-paywall")).to_have_count(0)

    preview_as(page, "As a visitor")
    expect(panel.locator(".qs-paywall")).to_be_visible()
    preview_as(page, "As a customer of Cutter")
    expect(panel.locator(".qs-paywall")).to_have_count(0)


def test_an_editor_finds_the_gated_pages_in_a_report(page: Page, site: Site) -> None:
    sign_in(page, site, "editor@example.com", site.password)
    page.goto(f"{site.address}/admin/reports/gated-pages/")
    row = page.get_by_role("row", name=re.compile("Pricing your work"))
    expect(row).to_contain_text("2 credits")
    expect(page.get_by_role("row", name=re.compile("Nine numbers"))).to_contain_text("Quota")


def test_a_visitor_reads_the_beginning_and_the_way_in(page: Page, site: Site) -> None:
    for address, words in ((COUNTED, "members have 1 for nothing"), (SOLD, "2 credits")):
        page.goto(f"{site.address}{address}")
        expect(page.locator(".qs-paywall")).to_contain_text(words)
