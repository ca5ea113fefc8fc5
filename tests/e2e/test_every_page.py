"""Every page of a visitor or customer: it fits the window, everybody can use it, the browser is content."""

import re
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.people import sign_in
from tests.e2e.site import Site

WIDTHS = (360, 768, 1440)
LOOKS = [(360, "light"), (1440, "dark")]
SERIOUS = {"serious", "critical"}
SIGN_IN_PAGES = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
VISITOR_PAGES = (*SIGN_IN_PAGES, "/search/?q=page", "/search/help/?q=plan")
CUSTOMER_PAGES = (
    "/dashboard/",
    "/dashboard/settings/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/billing/",
    "/billing/invoices/",
    "/billing/methods/",
    "/billing/settings/",
    "/billing/credits/",
    "/billing/credits/buy/small/",
    "/billing/credits/settings/",
    "/reports/",
    "/dashboard/settings/notices/",
    "/notices/",
)
Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Opener]:
    """Opens pages in contexts of any width and scheme, and fails on what the browser complains about."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(width: int = 1440, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=site.address
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [words for words in complaints if "404 (Not Found)" not in words] == []


def published_pages(site: Site) -> list[str]:
    """The path of every page in the sitemap."""
    with urlopen(f"{site.address}/sitemap.xml", timeout=10) as answer:
        places = re.findall(r"<loc>(.*?)</loc>", answer.read().decode())
    return [place.removeprefix(site.address) for place in places]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical on the page."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found
        if fault["impact"] in SERIOUS
    ]


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


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_public_pages_fit_every_window_and_pass_axe(
    site: Site, open_page: Opener, width: int, scheme: str
) -> None:
    paths = [*published_pages(site), *VISITOR_PAGES]
    assert len(paths) > 20
    assert look_at(open_page(width, scheme), paths) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_customers_pages_fit_every_window_and_pass_axe(
    site: Site, open_page: Opener, width: int, scheme: str
) -> None:
    page = open_page(width, scheme)
    sign_in(page, site, "member@example.com", site.password)
    assert look_at(page, list(CUSTOMER_PAGES)) == []
