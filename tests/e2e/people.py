"""What people do in a browser, each step as one verb."""

import itertools
import os
import re
import time
from contextlib import suppress
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.e2e.site import Site

PATIENCE = 60  # seconds

_numbers = itertools.count(1)


def new_address() -> str:
    """An e-mail address nobody used before."""
    return f"reader-{os.getpid()}-{next(_numbers)}@example.com"


def sign_up(page: Page, site: Site, email: str, password: str) -> None:
    """Fill in the form, open the mail, confirm the address."""
    page.goto(f"{site.address}/accounts/signup/")
    fill_in_sign_up(page, email, password)
    confirm_address(page, site, email)


def fill_in_sign_up(page: Page, email: str, password: str) -> None:
    """Fill in and send the sign-up form that is on the screen, and wait for the answer."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Create your account")


def confirm_address(page: Page, site: Site, email: str) -> None:
    """Follow the link in the newest mail and press its one button."""
    page.goto(site.link_in_mail(to=email))
    page.get_by_role("button", name="Yes, confirm it").click()
    page.wait_for_load_state()


def sign_in(page: Page, site: Site, email: str, password: str) -> None:
    """Sign in with a password."""
    page.goto(f"{site.address}/accounts/login/")
    page.locator("main input[name=login]").fill(email)
    page.locator("main input[name=password]").fill(password)
    page.locator("main input[name=password]").press("Enter")
    expect(page).not_to_have_url(f"{site.address}/accounts/login/")


def pay_with(page: Page, card: str = "4242424242424242") -> None:
    """Fill in the card on Stripe's hosted page and pay."""
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiry date").fill("12 / 40")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Ada Reader")
    page.locator("form button[type=submit]").last.click()


def look_until(page: Page, sign: Locator) -> None:
    """Load the page anew until it shows the sign of what another process does meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not sign.count():
        assert time.monotonic() < deadline, f"{page.url} shows no {sign} after {PATIENCE} s."
        page.wait_for_timeout(250)
        page.reload()


def preview_as(editor: Page, label: str) -> None:
    """Choose a preview mode; again where Wagtail was at work and did not hear it."""
    mode = editor.get_by_label("Preview mode")
    option = mode.locator("option").filter(has_text=re.compile(f"^{re.escape(label)}$"))
    wanted = option.get_attribute("value") or ""
    shown = re.compile(rf"[?&]mode={re.escape(quote(wanted, safe=''))}(&|$)")
    for patience in (5_000, 5_000, 60_000):
        mode.select_option(value=wanted)
        with suppress(AssertionError):
            expect(editor.locator("#w-preview-iframe")).to_have_attribute("src", shown, timeout=patience)
            return
    raise AssertionError(f"The preview never became {label!r}.")
