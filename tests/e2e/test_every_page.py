"""Every page of a visitor or customer: it fits the window, everybody can use it, the browser is content."""

import re
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.looking import look_at
from tests.e2e.people import sign_in
from tests.e2e.site import Site

LOOKS = [(360, "light"), (1440, "dark")]
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
    with urlopen(f"{site.address}/sitemap.xml", timeout=30) as answer:
        places = re.findall(r"<loc>(.*?)</loc>", answer.read().decode())
    return [place.removeprefix(site.address) for place in places]


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
