"""Every screen of the "Billing" menu opens in a browser, which complains of nothing, and fits the window."""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver, reverse
from playwright.sync_api import Page

from billing.screens import ViewPermissionHelper
from billing.wagtail_hooks import BillingGroup
from tests.billing.admin.conftest import ShopSite, sign_in
from tests.e2e.looking import faults, overflow

# Addresses that scripts ask, and no screens.
ASKED_BY_SCRIPTS = {"preview", "place", "chooseparent", "choose_parent"}
# What a read-only list refuses, which is tested without a browser.
CHANGES = {"create", "edit", "delete"}
WIDTHS = (1440, 360)
# No field ends beyond the window, whose page would cut it off; Wagtail's menu takes a moment to make room.
FIT = "all => all.every(it => it.getBoundingClientRect().right <= innerWidth)"
PATIENCE = 20  # tenths of a second
READABLE = 150  # pixels of the column that names the rows
# One template draws all of these but those with one of their own: what axe says of the first, it says of all.
ALIKE = {"delete", "history", "index", "inspect"}
OWN = {
    "AuditEntryAdmin inspect",
    "FullCustomerAdmin inspect",
    "InboxEventAdmin index",
    "InboxEventAdmin inspect",
    "MoveAdmin inspect",
    "SwitchableFeatureAdmin index",
}


def screens() -> Iterator[tuple[str, str]]:
    """(name, address) of every screen of the group, those of a row with the first row of its list."""
    names = sorted(name for name in get_resolver().reverse_dict if isinstance(name, str))
    for admin in BillingGroup.items:
        prefix = f"{admin.base_url_path.replace('/', '_')}_modeladmin_"
        refused = CHANGES if issubclass(admin.permission_helper_class, ViewPermissionHelper) else set()
        for name in names:
            action = name.removeprefix(prefix)
            if action != name and action not in ASKED_BY_SCRIPTS | refused:
                yield f"{admin.__name__} {action}", _address(name, admin.model)


def _address(name: str, model: Any) -> str:
    possible, _, _, _ = get_resolver().reverse_dict[name]
    needs_row = bool(possible[0][1])
    row = model._default_manager.order_by("pk").first() if needs_row else None
    assert row or not needs_row, f"The shop has no {model.__name__}."
    return reverse(name, args=[row.pk] if row else [])


def fits(page: Page) -> bool:
    """Whether every field can be seen to its end."""
    fields = page.locator("form :is(input, select, textarea):visible")
    for _ in range(PATIENCE):
        if fields.evaluate_all(FIT):
            return True
        page.wait_for_timeout(100)
    return False


def wrong_with(page: Page, name: str) -> Iterator[str]:
    """What is wrong with the screen that is open, in each window."""
    if page.locator("h1").count() != 1:
        yield f"{name} has {page.locator('h1').count()} first headings"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if wider := overflow(page):
            yield f"{name} is {wider} px wider than a window of {width} px"
        if not fits(page):
            yield f"{name} has fields that reach out of a window of {width} px"
        for names in page.locator(".result-list tbody tr:first-child td:has(.title-wrapper)").all():
            if names.evaluate("it => it.clientWidth") < READABLE:
                yield f"{name} has no room for names in a window of {width} px"


def test_every_screen_opens_is_usable_by_everybody_and_fits_the_window(
    page: Page, site: ShopSite, complaints: list[str]
) -> None:
    sign_in(page, site.address)
    wrong: list[str] = []
    visited: list[str] = []
    for name, address in screens():
        answer = page.goto(f"{site.address}{address}")
        if answer is None or answer.status != 200:
            wrong.append(f"{name} answers {answer and answer.status}")
        if page.url == f"{site.address}{address}":
            wrong += wrong_with(page, name)
            kind = name.split()[-1]
            if kind not in ALIKE & set(visited) or name in OWN:
                wrong += faults(page)
            visited.append(kind)
    assert wrong == []
    assert len(visited) > 60
