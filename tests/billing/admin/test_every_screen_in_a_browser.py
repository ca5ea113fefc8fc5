"""Every screen of the "Billing" menu opens in a browser, which complains of nothing, and fits the window."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from playwright.sync_api import Page

from billing.wagtail_hooks import BillingGroup
from tests.billing.admin.conftest import signed_in
from tests.billing.admin.shop import open_shop
from tests.billing.admin.test_plan_form_in_a_browser import complaints, sign_in

__all__ = ["complaints"]

pytestmark = pytest.mark.django_db(transaction=True)

# Addresses that scripts ask, and no screens.
ASKED_BY_SCRIPTS = {"preview", "place", "chooseparent", "choose_parent"}
WIDTHS = (360, 1440)


def screens() -> Iterator[tuple[str, str]]:
    """(name, address) of every screen of the group, those of a row with the first row of its list."""
    names = sorted(name for name in get_resolver().reverse_dict if isinstance(name, str))
    for admin in BillingGroup.items:
        prefix = f"{admin.base_url_path.replace('/', '_')}_modeladmin_"
        for name in names:
            action = name.removeprefix(prefix)
            if action != name and action not in ASKED_BY_SCRIPTS:
                yield f"{admin.__name__} {action}", _address(name, admin.model)


def _address(name: str, model: Any) -> str:
    possible, _, _, _ = get_resolver().reverse_dict[name]
    needs_row = bool(possible[0][1])
    row = model._default_manager.order_by("pk").first() if needs_row else None
    assert row or not needs_row, f"The shop has no {model.__name__}."
    return reverse(name, args=[row.pk] if row else [])


def test_every_screen_opens_and_fits_the_window(
    page: Page, live_server: Any, complaints: list[str], stripe: Any
) -> None:
    open_shop()
    sign_in(page, live_server)
    admin = signed_in("Billing admins")
    # What a read-only list refuses leads to the front page, which is tested without a browser.
    visited = [(name, address) for name, address in screens() if admin.get(address).status_code != 302]
    wrong = []
    for name, address in visited:
        answer = page.goto(f"{live_server.url}{address}")
        if answer is None or answer.status != 200:
            wrong.append(f"{name} answers {answer and answer.status}")
        if page.locator("h1").count() != 1:
            wrong.append(f"{name} has {page.locator('h1').count()} first headings")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wider > 0:
                wrong.append(f"{name} is {wider} px wider than a window of {width} px")
    assert wrong == []
    assert len(visited) > 60
