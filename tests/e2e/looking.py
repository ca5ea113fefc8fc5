"""What is looked at on every page: whether everybody can use it, and whether it fits every window."""

from collections.abc import Callable

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (360, 768, 1440)
SERIOUS = {"serious", "critical"}
AXE = "axe.run({resultTypes: ['violations'], preload: false, ...more}).then(found => found.violations)"
# A colour on its way from light to dark is neither.
ARRIVE = "document.getAnimations().filter(it => it instanceof CSSTransition).forEach(it => it.finish())"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PATIENCE = 50  # tenths of a second


def becomes_true(page: Page, holds: Callable[[], bool]) -> bool:
    """Whether it is so, at once or when the scripts have made room, as Wagtail's menu does."""
    for _ in range(PATIENCE):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    becomes_true(page, lambda: page.evaluate(WIDER) == 0)
    return int(page.evaluate(WIDER))


def faults(page: Page, *rules: str) -> list[str]:
    """What axe finds serious or critical on the page, by all of its rules unless some are named."""
    page.evaluate(ARRIVE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in page.evaluate(f"more => {AXE}", {"runOnly": list(rules)} if rules else {})
        if fault["impact"] in SERIOUS
    ]


def faults_in_the_dark(page: Page) -> list[str]:
    """What nobody can read on the page where the device is dark: nothing but colours differs there."""
    page.emulate_media(color_scheme="dark")
    found = faults(page, "color-contrast")
    page.emulate_media(color_scheme="light")
    return [f"{fault} (dark)" for fault in found]


def look_at(page: Page, paths: list[str]) -> list[str]:
    """Visit each path; what is wrong with it in one list of sentences."""
    wrong: list[str] = []
    for path in paths:
        page.goto(path)
        wrong += faults(page)
        own = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if wider := overflow(page):
                wrong.append(f"{path} is {wider} px wider than a window of {width} px")
        page.set_viewport_size(own or {"width": 1440, "height": 900})
    return wrong
