"""The lists of the catalog, customers, grants and the audit log, as an admin works with them in a browser."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from billing.catalog.models import Plan
from tests.billing.admin.conftest import Visit
from tests.billing.admin.shop import LONG_ADDRESS


@dataclass(frozen=True)
class List:
    """``rows`` of the shop; what ``term`` finds, what ``choice`` leaves, and a column that orders."""

    name: str
    rows: int
    term: str
    found: int
    choice: str
    left: int
    column: str


LISTS = [
    List("plans", 4, "schooner", 1, "Archived", 1, "Customers"),
    List("features", 5, "reads", 1, "Nobody: switched off", 1, "Plans"),
    List("versions", 6, "cutter", 2, "No", 2, "Customers"),
    List("prices", 7, "schooner", 2, "USD", 1, "Amount"),
    List("packs", 2, "large", 1, "EUR", 2, "Credits"),
    List("customers", 4, LONG_ADDRESS, 1, "Payment overdue", 1, "E-mail"),
    List("grants", 3, "4711", 1, "Over", 1, "Until"),
    List("moves", 1, "fair", 1, "Done", 1, "Requested at"),
    List("subscriptions", 4, "ada@", 1, "Trial", 1, "Price"),
]


def rows(page: Page) -> Locator:
    """The rows of the list."""
    return page.locator(".result-list tbody tr")


def test_lists_are_searched_filtered_ordered_and_taken_away(visit: Visit) -> None:
    for each in LISTS:
        page = visit(f"{each.name}/")
        page.locator("thead").get_by_role("link", name=each.column).first.click()
        expect(page.locator("thead th.sorted", has_text=each.column)).to_have_count(1)
        expect(rows(page)).to_have_count(each.rows)
        assert taken_away(page) == each.rows + 1, each.name
        page.locator(".changelist-filter").get_by_role("link", name=each.choice).first.click()
        expect(rows(page)).to_have_count(each.left)
        page = visit(f"{each.name}/")
        search(page, each.term)
        expect(rows(page)).to_have_count(each.found)
    search(page, "nowhere")
    expect(page.get_by_text("Nothing here matches what you search for.")).to_be_visible()
    page.get_by_role("link", name="Show the whole list").click()
    expect(rows(page)).to_have_count(each.rows)


def search(page: Page, term: str) -> None:
    """Type it, and press Enter."""
    page.get_by_role("searchbox").or_(page.locator("#id_q")).first.fill(term)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def taken_away(page: Page) -> int:
    """How many lines the file has that the button downloads."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    return int(book.active.max_row)


def taken_away_as_csv(page: Page) -> int:
    """The same of the file that the menu beside the button downloads."""
    page.locator("header [data-w-dropdown-target=toggle]").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    with Path(download.value.path()).open(newline="") as lines:
        return len(list(csv.reader(lines)))


def test_the_audit_log_is_narrowed_down_by_person_and_days(visit: Visit) -> None:
    page = visit("audit-log/")
    everything = rows(page).count()
    page.get_by_label("Address begins with").fill("lena")
    page.get_by_label("Address begins with").press("Enter")
    page.wait_for_url("**who=lena**")
    by_lena = rows(page).count()
    assert 0 < by_lena < everything
    expect(page.locator(".changelist-filter li.selected", has_text="lena.hartmann")).to_have_count(0)
    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("Until").fill(f"{timezone.localdate():%Y-%m-%d}")
    page.locator("form", has=page.get_by_label("From")).get_by_role("button", name="Show these").click()
    expect(page.get_by_label("Address begins with")).to_have_value("lena")
    expect(rows(page)).to_have_count(by_lena)
    assert taken_away_as_csv(page) == taken_away(page) >= by_lena + 1
    page.get_by_label("Until").fill("2020-01-02")
    page.locator("form", has=page.get_by_label("From")).get_by_role("button", name="Show these").click()
    expect(rows(page)).to_have_count(0)


def test_a_plan_is_dragged_to_its_place_or_moved_by_keys(visit: Visit) -> None:
    page = visit("plans/order/")
    handles = page.locator(".billing-order__handle")
    with page.expect_response("**/order/*/?position=*"):
        handles.nth(3).drag_to(handles.nth(0))
    expect(page.locator(".messages")).to_contain_text("has its new place")
    first = page.locator(".billing-order li").first.get_attribute("data-w-orderable-item-label")
    page.reload()
    expect(page.locator(".billing-order li").first).to_contain_text(str(first))
    assert Plan.objects.all()[0].name == first
    handles.nth(0).focus()
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/order/*/?position=1"):
        page.keyboard.press("Enter")
    assert Plan.objects.all()[1].name == first
