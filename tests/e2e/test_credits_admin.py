"""Admins set what actions cost and grant from a file: shown first, told line by line, never twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looking import faults
from tests.e2e.people import new_address, sign_in
from tests.e2e.site import Site

SCREENS = (
    "/admin/billing/credits/",
    "/admin/billing/credits/bulk/",
    "/admin/billing/credit-accounts/",
    "/admin/billing/credit-lots/",
    "/admin/billing/credit-entries/",
    "/admin/billing/credit-purchases/",
    "/admin/billing/credit-costs/",
)


@pytest.fixture
def office(page: Page, site: Site) -> Page:
    """A browser in which a billing admin is signed in."""
    sign_in(page, site, "billing@example.com", site.password)
    return page


def moment(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d %H:%M}"


def save(office: Page) -> None:
    office.get_by_role("button", name="Save").click()


def test_a_cost_begins_later_never_earlier_and_is_history_once_it_has_begun(office: Page, site: Site) -> None:
    unit = f"page {new_address()[7:20]}"
    office.goto(f"{site.address}/admin/billing/credit-costs/create/")
    office.get_by_label("Feature").select_option(label="Questions answered")
    office.get_by_label("Unit").fill(unit)
    office.get_by_label("Amount").fill("0")
    office.get_by_label("Effective from").fill(moment(-1))
    save(office)
    expect(office.get_by_text("A cost cannot begin in the past.")).to_be_visible()
    expect(office.get_by_text("greater than or equal to 0.0001")).to_be_visible()
    office.get_by_label("Amount").fill("0.5")
    office.get_by_label("Effective from").fill(moment(3))
    save(office)
    row = office.get_by_role("row", name=unit)
    expect(row).to_contain_text("0.5")
    expect(row).to_contain_text("to come", ignore_case=True)
    expect(row.get_by_role("link", name="Edit")).to_have_count(1)
    row.get_by_role("link", name="Delete").click()
    office.get_by_role("button", name="Yes, delete").click()
    expect(office.get_by_role("row", name=unit)).to_have_count(0)
    begun = office.get_by_role("row", name="Reports of articles")
    expect(begun).to_contain_text("has begun", ignore_case=True)
    expect(begun.get_by_role("link", name="Edit")).to_have_count(0)


def test_a_file_of_grants_is_shown_with_what_is_wrong_in_each_line_and_counts_once(
    office: Page, site: Site, tmp_path: Path
) -> None:
    someone, file = f"bulk-{new_address()}", tmp_path / "grants.csv"
    rows = [
        "email,credits,reason,reference,until",
        f"member@example.com,10,Beta tester,{someone},",
        f"member@example.com,-3,Beta tester,{someone}-2,",
        f"member@example.com,3,,{someone}-3,",
        f"member@example.com,3,Beta tester,{someone}-4,2001-01-01",
        f"member@example.com,3,Beta tester,{someone},",
        "nobody@example.com,3,Beta tester,x,",
    ]
    file.write_text("\n".join(rows))
    look(office, site, file)
    expect(office.get_by_text("1 of 6 lines can be granted.")).to_be_visible()
    for number, words in (
        (2, "Is granted"),
        (3, "-3 is no amount of credits"),
        (4, "A reason of at most 255 characters is needed."),
        (5, "2001-01-01 is over."),
        (6, "Another line of this file has the same reference."),
        (7, "Nobody here has this e-mail address."),
    ):
        expect(office.locator("table.listing tbody tr").nth(number - 2)).to_contain_text(words)
    office.get_by_role("button", name="Grant 1 line").click()
    expect(office.get_by_text("Granted now: 1 of 6 lines. Granted before: 0. Left out: 5.")).to_be_visible()
    look(office, site, file)
    expect(office.get_by_text("Granted before: nothing happens")).to_be_visible()
    file.write_text("who,what\na,b\n")
    look(office, site, file)
    expect(office.get_by_text("The first line must name the columns")).to_be_visible()


def look(office: Page, site: Site, file: Path) -> None:
    """Upload the file and see what would happen."""
    office.goto(f"{site.address}/admin/billing/credits/bulk/")
    office.get_by_label("CSV file").set_input_files(file)
    office.get_by_role("button", name="Look at it first").click()


def test_every_screen_of_credits_passes_axe(office: Page, site: Site) -> None:
    wrong: list[str] = []
    for path in SCREENS:
        office.goto(f"{site.address}{path}")
        wrong += faults(office)
    assert wrong == []
