"""Second factors in a real browser, under the site's content security policy."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from members.models import CustomUser
from tests.factories.members import PASSWORD, PersonFactory, totp_code

pytestmark = pytest.mark.django_db(transaction=True)

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def no_counted_tries() -> None:
    """Rate limits count in the cache; each test starts at zero."""
    cache.clear()


@pytest.fixture
def person() -> CustomUser:
    person: CustomUser = PersonFactory()
    return person


@pytest.fixture
def passkey_device(page: Page) -> None:
    """A virtual device that holds passkeys and always recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def sign_in(page: Page, live_server: Any, person: CustomUser) -> None:
    page.goto(f"{live_server.url}/accounts/login/?next=/dashboard/settings/")
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/accounts/login/"))


def sign_out(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{live_server.url}/")


def prove_presence(page: Page) -> None:
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def test_an_authenticator_app_is_set_up_and_used(
    page: Page, live_server: Any, person: CustomUser, complaints: list[str]
) -> None:
    sign_in(page, live_server, person)
    page.goto(f"{live_server.url}/accounts/2fa/totp/activate/")
    prove_presence(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    assert page.locator("#authenticator_secret").input_value() == secret
    page.locator("[name=code]").fill(totp_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#recovery_codes")).to_be_visible()

    sign_out(page, live_server)
    cache.clear()  # a code works once; the next one would come in 30 s
    sign_in(page, live_server, person)
    page.locator("[name=code]").fill(totp_code(secret))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live_server.url}/dashboard/settings/")


def test_a_passkey_is_made_and_opens_the_account_alone(
    page: Page, live_server: Any, person: CustomUser, complaints: list[str], passkey_device: None
) -> None:
    sign_in(page, live_server, person)
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    prove_presence(page)
    expect(page.locator("[name=name]")).to_have_value("Passkey 1")
    page.locator("[name=passwordless]").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("#recovery_codes")).to_be_visible()

    sign_out(page, live_server)
    page.goto(f"{live_server.url}/accounts/login/?next=/dashboard/settings/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{live_server.url}/dashboard/settings/")


def test_a_wrong_password_comes_back_in_place(
    page: Page, live_server: Any, person: CustomUser, complaints: list[str]
) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.evaluate("window.same = true")
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("not correct")).to_be_visible()
    assert page.evaluate("window.same") is True
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live_server.url}/dashboard/")


def test_a_browser_that_cannot_use_a_passkey_says_why(
    page: Page, live_server: Any, complaints: list[str]
) -> None:
    page.goto(live_server.url.replace("localhost", "127.0.0.1") + "/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Passkeys do not work at this address")


def test_too_many_tries_are_explained_in_place_of_the_form(
    page: Page, live_server: Any, person: CustomUser, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("[name=login]").fill(person.email)
    for answer in (page.get_by_text("not correct"), page.get_by_role("heading", name="Too many attempts")):
        page.locator("[name=password]").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(answer).to_be_visible()
