"""The lists of the catalog, customers, grants and the audit log, as an admin works with them in a browser."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from billing.catalog.models import Plan
from tests.billing.admin.shop import LONG_ADDRESS, open_shop
from tests.billing.admin.test_plan_form_in_a_browser import complaints, sign_in

__all__ = ["complaints"]

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.fixture
def open_list(page: Page, live_server: Any, complaints: list[str]) -> Any:
    """Opens a list of billing."""
    sign_in(page, live_server)

    def opened(name: str) -> Page:
        page.goto(f"{live_server.url}/admin/billing/{name}/")
        return page

    return opened


def test_an_empty_list_says_what_will_appear_and_offers_to_begin(open_list: Any) -> None:
    for each in LISTS:
        page = open_list(each.name)
        expect(page.locator(".billing-empty h2")).to_contain_text("yet")
        expect(page.locator(".billing-empty p").first).not_to_be_empty()
        is_made_here = each.name in {"plans", "features", "packs", "grants"}
        expect(page.locator(".billing-empty .button")).to_have_count(1 if is_made_here else 0)


def test_lists_are_searched_filtered_ordered_and_taken_away(open_list: Any, stripe: Any) -> None:
    open_shop()
    for each in LISTS:
        page = open_list(each.name)
        expect(rows(page)).to_have_count(each.rows)
        page.get_by_role("searchbox").or_(page.locator("#id_q")).first.fill(each.term)
        page.keyboard.press("Enter")
        expect(rows(page)).to_have_count(each.found)
        page = open_list(each.name)
        page.locator(".changelist-filter").get_by_role("link", name=each.choice).first.click()
        expect(rows(page)).to_have_count(each.left)
        page = open_list(each.name)
        page.locator("thead").get_by_role("link", name=each.column).first.click()
        expect(page.locator("thead th.sorted", has_text=each.column)).to_have_count(1)
        expect(rows(page)).to_have_count(each.rows)
        assert taken_away(page) == each.rows + 1, each.name


def taken_away(page: Page) -> int:
    """How many lines the file has that the button downloads."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    return int(book.active.max_row)


def test_what_nobody_finds_is_said(open_list: Any) -> None:
    page = open_list("features/create")
    page.locator("#id_name").fill("Exports")
    page.locator("#id_key").fill("exports")
    page.get_by_role("button", name="Save").click()
    page.locator("#id_q").fill("nowhere")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing here matches what you search for.")).to_be_visible()
    page.get_by_role("link", name="Show the whole list").click()
    expect(rows(page)).to_have_count(1)


def test_the_audit_log_is_narrowed_down_by_person_and_days(open_list: Any, stripe: Any) -> None:
    open_shop()
    page = open_list("audit-log")
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
    assert taken_away(page) >= by_lena + 1
    page.get_by_label("Until").fill("2020-01-02")
    page.locator("form", has=page.get_by_label("From")).get_by_role("button", name="Show these").click()
    expect(rows(page)).to_have_count(0)


def test_a_plan_is_dragged_to_its_place_or_moved_by_keys(open_list: Any, stripe: Any) -> None:
    open_shop()
    page = open_list("plans/order")
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
