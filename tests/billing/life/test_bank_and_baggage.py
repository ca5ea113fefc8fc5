"""A bank that wants to see the customer, and everything a customer takes along when they go."""

import csv
import json
import re
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import BrowserContext, Page, expect

from billing.customers.services import ensure_customer
from members.models import CustomUser
from tests.billing.life.moments import Somebody, has_skiff, sell_all, somebody
from tests.billing.life.running import Running
from tests.billing.life.steps import shows, sign_in
from tests.e2e.people import pay_with
from tests.factories.members import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)

ASKS_ALWAYS = "4000002760003184"


@pytest.fixture
def ada(page: Page, running: Running, sell: Any) -> CustomUser:
    """She pays for Cutter with a card whose bank wants to see her each time."""
    sell_all(running, sell)
    person: CustomUser = PersonFactory(first_name="Ada")
    sign_in(page, person.email)
    page.goto("/billing/checkout/cutter/")
    page.get_by_role("button", name="Go to payment").click()
    pay_with(page, ASKS_ALWAYS)
    confirm(page)
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()
    running.settle()
    return person


def confirm(page: Page) -> None:
    """Say yes on the bank's page."""
    page.get_by_role("button", name="Confirm the payment").click()


def test_an_upgrade_is_carried_through_the_bank(page: Page, running: Running, ada: CustomUser) -> None:
    page.goto("/billing/change/schooner/?interval=month")
    page.get_by_role("button", name="Change and pay €60.00").click()  # 96.00 - 36.00, in the first second
    expect(page.get_by_text("Your bank wants you to confirm the payment: please").first).to_be_visible()
    page.get_by_role("button", name="Confirm the payment").click()
    pay_with(page, ASKS_ALWAYS)
    confirm(page)
    expect(page.get_by_text("Paid", exact=True)).to_be_visible()
    running.settle()
    shows(page, "/billing/", "Schooner", "Active", "Next payment €96 on 1 April 2027")
    assert charged(running, ada) == [3600, 6000]


def test_a_renewal_that_the_bank_stopped_is_confirmed_by_the_link_in_its_own_mail(
    page: Page, running: Running, ada: CustomUser
) -> None:
    running.wait_until("2027-04-01 12:00")
    assert mail.outbox[-1].subject == "Please confirm your payment of €36.00"
    shows(page, "/billing/", "A payment failed", "Cutter stays open until 8 April 2027")
    link = re.search(r"http://\S+/billing/pay/\S+", str(mail.outbox[-1].body))
    assert link
    page.goto(link[0])
    page.get_by_role("button", name="Confirm the payment").click()
    pay_with(page, ASKS_ALWAYS)
    confirm(page)
    expect(page.get_by_text("Paid", exact=True)).to_be_visible()
    running.settle()
    shows(page, "/billing/", "Active", "Next payment €36 on 1 May 2027")
    assert charged(running, ada) == [3600, 3600]


def charged(running: Running, person: CustomUser) -> list[int]:
    """What went through at Stripe, oldest first."""
    customer = ensure_customer(user=person).stripe_id
    return [
        charge["amount"] for charge in running.sandbox.find("charge", customer=customer) if charge["paid"]
    ]


def test_everything_is_taken_along_and_the_account_is_closed_and_kept(
    running: Running, sell: Any, context: BrowserContext
) -> None:
    sell_all(running, sell)
    person = somebody(running, context)
    has_skiff(person)
    running.settle()
    page = person.page
    take_along(person)

    page.goto("/billing/")
    page.get_by_role("button", name="Stripe's customer portal").click()
    page.get_by_role("link", name="Back to the shop").click()
    expect(page).to_have_url(f"{running.address}/billing/")

    page.goto("/dashboard/settings/close/")
    page.get_by_role("button", name="Close my account").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Your account closes on 15 March 2027").first).to_be_visible()
    shows(page, "/billing/", "Your plan ends on 1 April 2027")
    page.goto("/dashboard/settings/close/")
    page.get_by_role("main").get_by_role("button", name="Keep my account").click()
    running.settle()
    shows(page, "/billing/", "Next payment €12 on 1 April 2027")


def take_along(person: Somebody) -> None:
    """Three files, each with the €12.00 that were paid."""
    page = person.page
    page.goto("/billing/export/")
    rows = list(csv.DictReader(StringIO(download(page, "Download as CSV").read_text())))
    assert [(row["total"], row["amount_paid"], row["status"]) for row in rows] == [("12.00", "12.00", "paid")]
    told = json.loads(download(page, "Download as JSON").read_text())
    assert [invoice["total"] for invoice in told["invoices"]] == ["12.00"]
    page.get_by_role("button", name="Pack them").click()
    expect(page.get_by_text("We are packing your invoices")).to_be_visible()
    person.running.settle()
    page.goto("/notices/")
    with zipfile.ZipFile(download(page, "Your invoices are ready to download")) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".pdf")]
        assert "€12.00" in archive.read(name).decode("cp1252", "replace")


def download(page: Page, link: str) -> Path:
    """The file behind a link."""
    with page.expect_download() as waiting:
        page.get_by_role("main").get_by_role("link", name=link).click()
    return Path(waiting.value.path())
