"""A year and a half of a customer's life in a browser: every figure on every screen is worked out by hand."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from billing.api import check
from members.models import CustomUser
from tests.billing.life.oracle import BY_YEAR, CHARGED, INVOICES, MAILS, UPGRADE, Told
from tests.billing.life.running import Running
from tests.billing.life.steps import agree, preview, shows, sign_in, subscribe, words
from tests.e2e.people import pay_with
from tests.factories.members import PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)

FAILS_LATER = "4000000000000341"


@pytest.fixture
def plans(running: Running, sell) -> None:
    """What is on sale."""
    sell("cutter", {"month": 3600}, trial_days=14, grace_days=7, features={"exports": None})
    sell("schooner", {"month": 9600}, grace_days=7, features={"exports": None, "workshops": None})
    sell("skiff", {"month": 1200, "year": 12000}, grace_days=7, features={"exports": None})


def test_trial_renewal_failure_recovery_up_down_yearly_cancel_and_return(
    page: Page, running: Running, plans: None
) -> None:
    ada = PersonFactory(first_name="Ada")
    sign_in(page, ada.email)
    begin_with_a_trial(page, running)
    renew(page, running)
    fail(page, running, ada)
    recover(page, running, ada)
    go_up(page, running)
    go_down(page, running)
    pay_by_the_year(page, running)
    leave_stay_and_leave(page, running)
    come_back(page, running)
    every_invoice_is_right(page)
    every_mail_came_once()
    assert charged(running) == CHARGED


def begin_with_a_trial(page: Page, running: Running) -> None:
    """Two weeks free; reminded three days and one day before they end."""
    subscribe(page, running, "cutter", due="€0", card_expires="06 / 28")
    shows(page, "/billing/", "Price €36 per month", "Free trial until 15 March 2027")
    shows(page, "/billing/", "Next payment €36 on 15 March 2027", "Customer since 1 March 2027")
    for moment in ("2027-03-12 10:00", "2027-03-14 10:00"):
        running.wait_until(moment)


def renew(page: Page, running: Running) -> None:
    """The first month and the second."""
    running.wait_until("2027-03-15 12:00")
    shows(page, "/billing/", "Active", "Next payment €36 on 15 April 2027")
    running.wait_until("2027-04-15 12:00")
    shows(page, "/billing/", "Next payment €36 on 15 May 2027")


def fail(page: Page, running: Running, ada: CustomUser) -> None:
    """Another card, which fails a month later: open for seven days, then closed."""
    page.goto("/billing/methods/")
    page.get_by_role("button", name="Add a payment method").click()
    pay_with(page, FAILS_LATER)
    expect(page.get_by_role("listitem").filter(has_text="ending in 0341")).to_contain_text("Default")
    running.wait_until("2027-05-15 12:00")
    shows(page, "/billing/", "A payment failed", "Cutter stays open until 22 May 2027")
    assert may_export(ada)
    running.wait_until("2027-05-21 10:00")
    running.wait_until("2027-05-22 10:00")
    shows(page, "/billing/", "Cutter is closed until the open invoice is paid")
    assert not may_export(ada)


def recover(page: Page, running: Running, ada: CustomUser) -> None:
    """Whoever has the mail pays, signed in or not; the plan opens at once."""
    somebody = page.context.browser.new_page()
    somebody.goto(re.search(r"http://\S+/billing/pay/\S+", mail.outbox[-1].body)[0])
    assert "€36.00 to pay" in words(somebody)
    somebody.get_by_role("button", name="Pay now").click()
    pay_with(somebody, "5555555555554444")
    expect(somebody.get_by_text("Paid").first).to_be_visible()
    somebody.close()
    running.settle()
    assert may_export(ada)
    shows(page, "/billing/", "Active", "Next payment €36 on 15 June 2027")
    page.goto("/billing/methods/")
    first_card = page.get_by_role("main").get_by_role("listitem").filter(has_text="ending in 4242")
    first_card.get_by_role("button", name="Make default").click()
    expect(first_card.get_by_text("Default", exact=True)).to_be_visible()


def go_up(page: Page, running: Running) -> None:
    """Half an hour of arithmetic stands in the oracle; the customer sees three sums of it."""
    running.wait_until("2027-05-25 21:00")
    seen = preview(page, "schooner")
    assert "New price €96.00 per month Begins at once" in seen
    assert (
        "Credit for time you do not use €23.81 Due today €39.67 Next invoice €96.00 on 15 June 2027" in seen
    )
    agree(page, running, f"Change and pay {UPGRADE.total}")
    shows(page, "/billing/", "Schooner", "Price €96 per month", "Next payment €96 on 15 June 2027")
    running.wait_until("2027-06-15 12:00")
    shows(page, "/billing/", "Next payment €96 on 15 July 2027")


def go_down(page: Page, running: Running) -> None:
    """Nothing today; the smaller plan when what is paid is over."""
    running.wait_until("2027-06-20 12:00")
    seen = preview(page, "skiff")
    assert "New price €12.00 per month Begins 15 July 2027 Due today €0.00" in seen
    assert "Next invoice €12.00 on 15 July 2027" in seen
    agree(page, running, "Change on 15 July 2027")
    shows(page, "/billing/", "Your plan changes to Skiff on 15 July 2027, at €12.00 per month.")
    running.wait_until("2027-07-15 12:00")
    shows(page, "/billing/", "Price €12 per month", "Next payment €12 on 15 August 2027")


def pay_by_the_year(page: Page, running: Running) -> None:
    """A new year begins today, less what is left of the month."""
    running.wait_until("2027-07-25 09:00")
    seen = preview(page, "skiff", "year")
    assert (
        "Credit for time you do not use €8.13 Due today €111.87 Next invoice €120.00 on 25 July 2028" in seen
    )
    agree(page, running, f"Change and pay {BY_YEAR.total}")
    shows(page, "/billing/", "Price €120 per year", "Next payment €120 on 25 July 2028")
    change_ones_mind(page, running)


def change_ones_mind(page: Page, running: Running) -> None:
    """Back to the month when the year is over, and then not."""
    seen = preview(page, "skiff", "month")
    assert "New price €12.00 per month Begins 25 July 2028 Due today €0.00" in seen
    agree(page, running, "Change on 25 July 2028")
    shows(page, "/billing/", "Your plan changes to Skiff by the month on 25 July 2028, at €12.00 per month.")
    agree(page, running, "Keep the plan I have")
    shows(page, "/billing/", "Price €120 per year", "Next payment €120 on 25 July 2028")
    expect(page.get_by_role("button", name="Keep the plan I have")).to_have_count(0)


def leave_stay_and_leave(page: Page, running: Running) -> None:
    """Cancelled, kept, reminded of the coming year and of the card, cancelled again; then it is over."""
    running.wait_until("2028-01-10 12:00")
    cancel(page, running)
    page.goto("/billing/")
    page.get_by_role("button", name="Keep the plan").click()
    running.settle()
    shows(page, "/billing/", "Next payment €120 on 25 July 2028")
    running.wait_until("2028-07-11 10:00")
    running.wait_until("2028-07-15 10:00")
    cancel(page, running)
    running.wait_until("2028-07-25 12:00")
    shows(page, "/billing/", "Welcome back")


def come_back(page: Page, running: Running) -> None:
    """Without a second trial."""
    running.wait_until("2028-08-01 09:00")
    subscribe(page, running, "cutter", due="€36")
    shows(page, "/billing/", "Price €36 per month", "Next payment €36 on 1 September 2028")


def every_invoice_is_right(page: Page) -> None:
    """In the list, each on its page, and in its PDF."""
    page.goto("/billing/invoices/")
    rows = page.locator("tbody tr")
    assert list(map(read_row, rows.all_inner_texts())) == [(bill.day, bill.total) for bill in INVOICES]
    links = rows.locator("td:first-child a").all()
    for address, bill in zip([str(link.get_attribute("href")) for link in links], INVOICES, strict=True):
        page.goto(address)
        seen = words(page)
        drawn = page.request.get(f"{address}pdf/").body().decode("cp1252", "replace").replace("\\", "")
        assert f"Total {bill.total} Paid {bill.total}" in seen
        assert f"({bill.total})" in drawn
        for line in bill.lines:
            assert re.search(rf"{re.escape(line.what)} \d[^€]* {re.escape(line.amount)}", seen)
            assert line.what in drawn
            assert f"({line.amount})" in drawn


def every_mail_came_once() -> None:
    """None twice and none beside these, with their figures in both forms of the mail."""
    came = list(mail.outbox)
    assert sorted(message.subject for message in came) == sorted(told.subject for told in MAILS)
    for told in MAILS:
        came.remove(next(message for message in came if says(message, told)))


def says(message: mail.EmailMessage, told: Told) -> bool:
    """Whether this is that mail."""
    forms = (message.body, message.alternatives[0].content)
    return message.subject == told.subject and all(
        figure in form for form in forms for figure in told.figures
    )


def cancel(page: Page, running: Running) -> None:
    """From the overview to the end."""
    page.goto("/billing/cancel/")
    assert "It stays open until 25 July 2028" in words(page)
    page.get_by_role("button", name="Cancel the plan").click()
    expect(page).to_have_url(f"{running.address}/billing/")
    running.settle()
    shows(page, "/billing/", "Your plan ends on 25 July 2028", "Ends on 25 July 2028")


def read_row(text: str) -> tuple[str, str]:
    """The day and the sum of a row of the list; every invoice of this life was paid."""
    assert "Paid" in text
    return re.search(r"\d+ \w{3} \d{4}", text)[0], re.search(r"€[\d.]+", text)[0]


def may_export(person: CustomUser) -> bool:
    """Whether the next request of this person may, which loads them anew."""
    return check(CustomUser.objects.get(pk=person.pk), "exports").allowed


def charged(running: Running) -> list[int]:
    """Every payment that went through at Stripe, oldest first."""
    return [charge["amount"] for charge in running.sandbox.find("charge") if charge["paid"]]
