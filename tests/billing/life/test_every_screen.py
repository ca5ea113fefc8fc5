"""Every screen of a customer's billing: usable by everybody, in every window, with JavaScript and without."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.billing.life.moments import MOMENTS, books_of, sell_all, somebody
from tests.billing.life.running import Running
from tests.billing.life.screens import SCREENS, Screen
from tests.e2e.looking import WIDTHS, faults, overflow

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_screen_passes_axe_fits_every_window_and_needs_no_javascript(
    running: Running, sell: Any, browser: Browser, subtests: pytest.Subtests
) -> None:
    sell_all(running, sell)
    for name, screen in SCREENS.items():
        with subtests.test(name):
            person = somebody(running, browser, viewport={"width": WIDTHS[0], "height": 900})
            screen.before(person)
            path, plain = screen.path_for(person), without_javascript(browser, person.context, running)
            complaints = listen(person.page, refusal=screen.status != 200)
            for page in (person.page, plain):
                open_screen(page, path, screen)
            assert look_at(person.page) == []
            assert complaints == []
            person.context.close()
            plain.context.close()


def test_every_decision_works_without_javascript(
    running: Running, sell: Any, browser: Browser, subtests: pytest.Subtests
) -> None:
    sell_all(running, sell)
    for name, moment in MOMENTS.items():
        with subtests.test(name):
            person = somebody(running, browser)
            moment.before(person)
            plain = without_javascript(browser, person.context, running)
            plain.goto(moment.path if isinstance(moment.path, str) else moment.path(person))
            plain.get_by_role("main").get_by_role("button", name=moment.button).click()
            if moment.then:
                moment.then(plain)
            running.settle()
            assert books_of(person) == moment.after
            person.context.close()
            plain.context.close()


def open_screen(page: Page, path: str, screen: Screen) -> None:
    """It answers as it should, and says what it is known by."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == screen.status
    expect(page.locator("main")).to_contain_text(screen.words)


def look_at(page: Page) -> list[str]:
    """What is wrong with the page that is open: by day in a narrow window, by night in a wide one."""
    wider = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wider += [f"{overflow(page)} px wider than {width} px"] if overflow(page) else []
    by_night = faults_by(page, "dark")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return [*wider, *by_night, *faults_by(page, "light")]


def faults_by(page: Page, scheme: Literal["light", "dark"]) -> list[str]:
    """What axe finds in these colours, once nothing fades into them any more."""
    page.emulate_media(color_scheme=scheme)
    page.reload()
    return faults(page)


def listen(page: Page, *, refusal: bool) -> list[str]:
    """What the browser complains about; a refusal's own status is no complaint."""
    heard: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error" and not (refusal and "Failed to load resource" in said.text):
            heard.append(said.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def without_javascript(browser: Browser, signed_in: BrowserContext, running: Running) -> Page:
    """The same person in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False, base_url=running.address)
    context.add_cookies(signed_in.cookies())  # type: ignore[arg-type]
    return context.new_page()
