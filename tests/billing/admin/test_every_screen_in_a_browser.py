"""Every screen of the "Billing" menu opens in a browser, which complains of nothing, and fits the window."""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver, reverse
from playwright.sync_api import Page

from billing.screens import ViewPermissionHelper
from billing.wagtail_hooks import BillingGroup
from tests.billing.admin.conftest import ShopSite, sign_in
from tests.e2e.looking import becomes_true, faults, faults_in_the_dark, overflow

# Addresses that scripts ask, and no screens.
ASKED_BY_SCRIPTS = {"preview", "place", "chooseparent", "choose_parent"}
# What a read-only list refuses, which is tested without a browser.
CHANGES = {"create", "edit", "delete"}
WIDTHS = (1440, 360)
# No field ends beyond the window, whose page would cut it off.
FIT = "all => all.every(it => it.getBoundingClientRect().right <= innerWidth)"
ROWS = 6  # of those that a screen can be about, the first of which may have to stay as it is
ROOM = "(all, least) => all.every(it => it.clientWidth >= least)"
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
# What is refused for every row of the shop: it says so and leads back.
CLOSED = {
    "GrantAdmin delete",
    "MoveAdmin again",
    "SwitchableFeatureAdmin delete",
    "WordingAdmin create",
    "WordingAdmin delete",
}


def screens() -> Iterator[tuple[str, list[str]]]:
    """(name, addresses) of every screen of the group, that of a row with each row that it could be about."""
    names = sorted(name for name in get_resolver().reverse_dict if isinstance(name, str))
    for admin in BillingGroup.items:
        prefix = f"{admin.base_url_path.replace('/', '_')}_modeladmin_"
        refused = CHANGES if issubclass(admin.permission_helper_class, ViewPermissionHelper) else set()
        for name in names:
            action = name.removeprefix(prefix)
            if action != name and action not in ASKED_BY_SCRIPTS | refused:
                yield f"{admin.__name__} {action}", _addresses(name, admin.model)


def _addresses(name: str, model: Any) -> list[str]:
    possible, _, _, _ = get_resolver().reverse_dict[name]
    if not possible[0][1]:
        return [reverse(name)]
    rows = model._default_manager.order_by("pk")[:ROWS]
    assert rows, f"The shop has no {model.__name__}."
    return [reverse(name, args=[row.pk]) for row in rows]


def fits(page: Page) -> bool:
    """Whether every field can be seen to its end."""
    fields = page.locator("form :is(input, select, textarea):visible")
    return becomes_true(page, lambda: bool(fields.evaluate_all(FIT)))


def has_room_for_names(page: Page) -> bool:
    """Whether what names the rows of a list can be read."""
    cells = page.locator(".result-list tbody tr:first-child td:has(.title-wrapper)")
    return becomes_true(page, lambda: bool(cells.evaluate_all(ROOM, READABLE)))


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
        if not has_room_for_names(page):
            yield f"{name} has no room for names in a window of {width} px"


def opens(page: Page, site: ShopSite, addresses: list[str]) -> bool:
    """Whether the screen opens for one of its rows; the others are told why it does not."""
    for address in addresses:
        answer = page.goto(f"{site.address}{address}")
        assert answer, address
        assert answer.status == 200, address
        if page.url == f"{site.address}{address}":
            return True
    return False


def test_every_screen_opens_is_usable_by_everybody_and_fits_the_window(
    page: Page, site: ShopSite, complaints: list[str]
) -> None:
    sign_in(page, site.address)
    wrong: list[str] = []
    visited: list[str] = []
    closed: list[str] = []
    for name, addresses in screens():
        if not opens(page, site, addresses[:1] if name in CLOSED else addresses):
            closed.append(name)
            continue
        wrong += wrong_with(page, name)
        kind = name.split()[-1]
        if kind not in ALIKE & set(visited) or name in OWN:
            wrong += faults(page) + faults_in_the_dark(page)
        visited.append(kind)
    assert wrong == []
    assert set(closed) == CLOSED
    assert len(visited) > 60
