"""The lists of a site that sells nothing yet, in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.billing.admin.conftest import sign_in
from tests.billing.admin.test_lists_in_a_browser import LISTS

pytestmark = pytest.mark.django_db(transaction=True)
MADE_HERE = {"plans", "features", "packs", "grants"}


def test_an_empty_list_says_what_will_appear_and_offers_to_begin(
    page: Page, live_server: Any, complaints: list[str]
) -> None:
    sign_in(page, live_server.url)
    for each in LISTS:
        page.goto(f"{live_server.url}/admin/billing/{each.name}/")
        expect(page.locator(".billing-empty h2")).to_contain_text("yet")
        expect(page.locator(".billing-empty p").first).not_to_be_empty()
        expect(page.locator(".billing-empty .button")).to_have_count(1 if each.name in MADE_HERE else 0)
    page.goto(f"{live_server.url}/admin/billing/plans/order/")
    expect(page.get_by_text("There is no plan yet")).to_be_visible()
