"""Every screen of a customer's billing: usable by everybody, in every window, with JavaScript and without."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.billing.life.moments import MOMENTS, Somebody, books_of, sell_all, somebody
from tests.billing.life.running import Running
from tests.billing.life.screens import SCREENS, Screen
from tests.e2e.looking import WIDTHS, faults, overflow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plain(browser: Browser, running: Running) -> Iterator[BrowserContext]:
    """A window that runs no script."""
    with browser.new_context(java_script_enabled=False, base_url=running.address) as context:
        yield context


def test_every_screen_passes_axe_fits_every_window_and_needs_no_javascript(
    running: Running, sell: Any, context: BrowserContext, plain: BrowserContext, subtests: pytest.Subtests
) -> None:
    sell_all(running, sell)
    for before, screens in groupby(SCREENS.items(), key=lambda item: item[1].before):
        person = somebody(running, context)
        before(person)
        for name, screen in screens:
            with subtests.test(name):
                path, without = screen.path_for(person), without_javascript(person, plain)
                complaints = listen(person.page, refusal=screen.status != 200)
                open_screen(without, path, screen)
                assert look_at(person.page, path, screen) == []
                assert complaints == []


def test_every_decision_works_without_javascript(
    running: Running, sell: Any, context: BrowserContext, plain: BrowserContext, subtests: pytest.Subtests
) -> None:
    sell_all(running, sell)
    for name, moment in MOMENTS.items():
        with subtests.test(name):
            person = somebody(running, context)
            moment.before(person)
            page = without_javascript(person, plain)
            page.goto(moment.path if isinstance(moment.path, str) else moment.path(person))
            page.get_by_role("main").get_by_role("button", name=moment.button).click()
            if moment.then:
                moment.then(page)
            running.settle()
            assert books_of(person) == moment.after


def open_screen(page: Page, path: str, screen: Screen) -> None:
    """It answers as it should, and says what it is known by."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == screen.status
    expect(page.locator("main")).to_contain_text(screen.words)


def look_at(page: Page, path: str, screen: Screen) -> list[str]:
    """What is wrong with the page: by night in a wide window, by day in a narrow one, and too wide in any."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    open_screen(page, path, screen)
    wrong = faults(page)
    page.emulate_media(color_scheme="light")
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{overflow(page)} px wider than {width} px"] if overflow(page) else []
    return [*wrong, *faults(page)]


def listen(page: Page, *, refusal: bool) -> list[str]:
    """What the browser complains about; a refusal's own status is no complaint."""
    heard: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error" and not (refusal and "Failed to load resource" in said.text):
            heard.append(said.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def without_javascript(person: Somebody, plain: BrowserContext) -> Page:
    """The same person in a browser that runs no script."""
    plain.clear_cookies()
    plain.add_cookies(person.context.cookies())  # type: ignore[arg-type]
    return plain.pages[0] if plain.pages else plain.new_page()
