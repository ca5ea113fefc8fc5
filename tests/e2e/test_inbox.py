"""A billing admin looks at what Stripe sent, and has an event handled again."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import look_until, sign_in
from tests.e2e.site import Site


def edit_a_product(site: Site, times: int) -> None:
    """What somebody does in Stripe's own dashboard; each edit is an event."""
    product = site.stripe.v1.products.list().data[0]
    for number in range(times):
        site.stripe.v1.products.update(product.id, {"metadata": {f"edit_{number}": "Ada Lovelace"}})
        site.stripe.v1.products.update(product.id, {"metadata": {f"edit_{number}": ""}})


def open_inbox(page: Page, site: Site, events: int, words: str = "product.updated") -> Locator:
    """The list of what came about the catalog, once so many rows have these words; gives the rows."""
    rows = page.locator("tbody tr", has_text="product.updated").filter(has_text=words)
    page.goto(f"{site.address}/admin/billing/events/?about=catalog")
    look_until(page, rows.nth(events - 1))
    return rows


def test_a_billing_admin_reads_an_event_and_has_it_handled_again(page: Page, site: Site) -> None:
    edit_a_product(site, 1)
    sign_in(page, site, "billing@example.com", site.password)
    row = open_inbox(page, site, 1, words="done").first
    expect(page.get_by_role("img", name="Events, hour by hour")).to_be_visible()
    page.get_by_text("The same in numbers").click()
    expect(page.get_by_role("columnheader", name="Slowest")).to_be_visible()

    row.get_by_role("link", name="Inspect").click()
    payload = page.get_by_label("What Stripe sent")
    expect(payload).to_contain_text('"type": "product.updated"')
    expect(payload).not_to_contain_text("Lovelace")
    page.get_by_role("link", name="Replay this event").click()
    page.get_by_role("button", name="Replay it").click()
    expect(page.locator(".messages")).to_contain_text("1 event will be handled again in a moment.")


def test_events_are_ticked_in_the_list_and_replayed_together(page: Page, site: Site) -> None:
    edit_a_product(site, 1)
    sign_in(page, site, "billing@example.com", site.password)
    rows = open_inbox(page, site, 2)
    for number in range(2):
        rows.nth(number).get_by_role("checkbox").check()
    page.get_by_role("button", name="Replay the chosen events").click()
    expect(page.locator("main")).to_contain_text("2 events will be handled again")
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Inbox events")


def test_the_front_page_of_the_admin_says_how_money_flows(page: Page, site: Site) -> None:
    sign_in(page, site, "billing@example.com", site.password)
    page.goto(f"{site.address}/admin/")
    panel = page.locator(".billing-health")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("listitem").first).to_be_visible()
