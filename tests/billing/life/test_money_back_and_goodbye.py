"""Money that comes back is seen wherever the invoice is; a plan ends at once, and an account for good."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from billing.checkout.leaving_settings import LeavingSettings
from members.tasks import close_due_accounts
from tests.billing.life.moments import Somebody, has_skiff, owes, sell_all, somebody
from tests.billing.life.running import Running
from tests.billing.life.steps import shows, words
from tests.factories.members import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(running: Running, sell: Any, context: BrowserContext) -> Somebody:
    """They paid €12.00 for a month of Skiff on 1 March 2027."""
    sell_all(running, sell)
    made = somebody(running, context)
    has_skiff(made)
    running.settle()
    return made


def rows(page: Page) -> list[str]:
    """The lines of the list of invoices, each in one line."""
    found = page.get_by_role("region", name="Your invoices").locator("tbody tr").all_inner_texts()
    return [" ".join(row.split()) for row in found]


def choose(page: Page, **filters: str) -> None:
    for name, label in filters.items():
        page.locator(f"#filter-{name}").select_option(label=label)
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()


def test_a_refund_and_a_credit_note_stand_in_the_list_and_on_their_invoices(
    person: Somebody, running: Running
) -> None:
    client, page = person.client, person.page
    owes(person)
    paid, still_open = client.invoices.list({"customer": person.customer.stripe_id}).data[::-1]
    [charge] = client.charges.list({"customer": person.customer.stripe_id}).data
    client.refunds.create({"charge": charge.id, "amount": 500})
    client.credit_notes.create({"invoice": str(still_open.id), "amount": 200})
    running.settle()

    page.goto("/billing/invoices/")
    newest, oldest = rows(page)
    assert "Credit note" in newest
    assert "Refund" in oldest
    page.locator("tbody tr", has_text=str(paid.number)).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(paid.number))
    assert "Total €12.00 Paid €12.00 Refunded to you €5.00" in words(page)
    page.goto("/billing/invoices/")
    page.locator("tbody tr", has_text=str(still_open.number)).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(still_open.number))
    assert "Total €5.00 Paid €0.00 Credit notes €2.00 Still to pay €3.00" in words(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").first.click()
    drawn = " ".join(PdfReader(waiting.value.path()).pages[0].extract_text().split())
    assert f"Number {still_open.number} Date 1 Mar 2027" in drawn
    assert "Total €5.00 Paid €0.00 Credit notes -€2.00 Still to pay €3.00" in drawn


def test_invoices_are_found_by_their_state_and_their_year(person: Somebody, running: Running) -> None:
    page = person.page
    [subscription] = person.client.subscriptions.list({"customer": person.customer.stripe_id}).data
    person.client.subscriptions.cancel(subscription.id)
    running.wait_until("2028-02-01 12:00")
    owes(person)
    running.settle()
    page.goto("/billing/invoices/")
    assert len(rows(page)) == 2
    for year, sum_of_it in (("2028", "€5.00"), ("2027", "€12.00")):
        choose(page, year=year)
        [row] = rows(page)
        assert sum_of_it in row
    choose(page, state="Paid")
    [row] = rows(page)
    assert "€12.00" in row
    for filters in ({"state": "To pay"}, {"state": "With a refund", "year": "2028"}):
        choose(page, **filters)
        expect(page.get_by_role("heading", name="No invoice fits")).to_be_visible()
    page.get_by_role("link", name="Show all invoices").click()
    assert len(rows(page)) == 2


def test_a_plan_ends_at_once_where_the_site_lets_customers_choose(person: Somebody, running: Running) -> None:
    page = person.page
    page.goto("/billing/cancel/")
    expect(page.get_by_label("At once; nothing is given back")).to_have_count(0)
    LeavingSettings.objects.update_or_create(pk=1, defaults={"may_end_at_once": True})
    page.reload()
    page.get_by_label("At once; nothing is given back").check()
    page.get_by_role("button", name="Cancel the plan").click()
    expect(page).to_have_url(f"{running.address}/billing/")
    running.settle()
    shows(page, "/billing/", "Welcome back")
    [subscription] = person.client.subscriptions.list(
        {"customer": person.customer.stripe_id, "status": "all"}
    ).data
    assert subscription.status == "canceled"


def test_an_account_is_gone_after_fourteen_days_and_its_invoices_are_kept(
    person: Somebody, running: Running
) -> None:
    page, email, number = person.page, person.user.email, person.customer.invoices.get().number
    shows(page, "/dashboard/settings/close/", "What the law wants us to keep Invoices")
    page.get_by_role("button", name="Close my account").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Your account closes on 15 March 2027").first).to_be_visible()

    running.wait_until("2027-03-14 12:00")
    close_due_accounts(timestamp=0)
    shows(page, "/billing/", "Skiff")
    running.wait_until("2027-03-16 12:00")
    close_due_accounts(timestamp=0)
    running.settle()

    page.goto("/billing/")
    expect(page).to_have_url(f"{running.address}/accounts/login/?next=/billing/")
    page.locator("[name=login]").fill(email)
    page.locator("main [name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("not correct", exact=False)).to_be_visible()
    person.user.refresh_from_db()
    assert person.user.email.endswith("@closed.invalid")
    assert person.customer.invoices.get().number == number
    assert [one.status for one in person.client.subscriptions.list(
        {"customer": person.customer.stripe_id, "status": "all"}
    ).data] == ["canceled"]  # fmt: skip
