"""Whatever happens in between: one plan, one charge, and a page from which it goes on."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, Route, expect
from stripe import HTTPClient

from billing.gateway.breaker import close_breaker
from tests.billing.life.moments import MOMENTS, Moment, Somebody, books_of, sell_all, somebody
from tests.billing.life.running import Running
from tests.factories.members import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED_OUT = re.compile("/accounts/login/")


class Attempt:
    """One person at one moment."""

    def __init__(self, person: Somebody, moment: Moment) -> None:
        self.person, self.moment, self.running = person, moment, person.running
        self.path = moment.path if isinstance(moment.path, str) else moment.path(person)

    def open(self, page: Page | None = None) -> Page:
        """The page with the button."""
        page = page or self.person.page
        page.goto(self.path)
        return page

    def button(self, page: Page):
        """What is pressed; it may be gone once it was."""
        return page.get_by_role("main").get_by_role("button", name=self.moment.button)

    def press(self, page: Page) -> None:
        """Decide."""
        self.button(page).click()

    def finish(self, page: Page) -> None:
        """Go on at Stripe, where that is the way; a page of ours says something and leads on."""
        if self.moment.then:
            self.moment.then(page)
        else:
            goes_on(page)

    def try_again(self, page: Page) -> None:
        """Look at the page again, and decide where there is still something to decide."""
        self.open(page)
        if self.button(page).count():
            with page.expect_navigation():
                self.press(page)
            if not page.url.startswith(self.running.address):
                self.finish(page)
        goes_on(page)


def goes_on(page: Page) -> None:
    """No dead end: a heading, and a link or a button in the page itself."""
    expect(page.locator("main h1").first).to_be_visible()
    assert page.locator("main").locator("a, button").count(), page.url


def pressed_twice_and_looked_at_again(attempt: Attempt) -> None:
    page = attempt.open()
    attempt.button(page).dblclick()
    attempt.finish(page)
    page.reload()


def in_two_tabs(attempt: Attempt) -> None:
    page, other = attempt.open(), attempt.open(attempt.person.context.new_page())
    attempt.press(page)
    attempt.finish(page)
    attempt.press(other)
    goes_on(other)


def back_and_again(attempt: Attempt) -> None:
    page = attempt.open()
    attempt.press(page)
    attempt.finish(page)
    for _ in range(2):
        page.go_back()
    attempt.try_again(page)


def after_the_session(attempt: Attempt) -> None:
    page = attempt.open()
    words = page.locator("main textarea")
    if words.count():
        words.fill("Too far from the sea")
    Session.objects.all().delete()
    attempt.press(page)
    if SIGNED_OUT.search(page.url):
        expect(page.get_by_text("You were signed out meanwhile")).to_be_visible()
        page.locator("[name=login]").fill(attempt.person.user.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{attempt.running.address}{attempt.path}")
        if words.count():
            expect(words).to_have_value("Too far from the sea")
        attempt.press(page)
    attempt.finish(page)


def without_a_network(attempt: Attempt) -> None:
    page = attempt.open()
    attempt.person.context.set_offline(True)
    attempt.press(page)
    page.wait_for_url("chrome-error://**")
    attempt.person.context.set_offline(False)
    attempt.try_again(page)


def with_our_answer_lost(attempt: Attempt) -> None:
    page = attempt.open()

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/*", lose)
    attempt.press(page)
    page.wait_for_url("chrome-error://**")
    page.unroute("**/*")
    attempt.running.settle()
    attempt.try_again(page)


def with_stripe(when: str) -> Callable[[Attempt], None]:
    def trouble(attempt: Attempt) -> None:
        page = attempt.open()
        attempt.running.sandbox.fail("reset", path=attempt.moment.asks, when=when, times=3)
        attempt.press(page)
        goes_on(page)
        attempt.running.sandbox.faults.clear()
        close_breaker()
        attempt.running.settle()
        attempt.try_again(page)

    return trouble


TROUBLES = {
    "pressed twice, and looked at again": pressed_twice_and_looked_at_again,
    "in two tabs": in_two_tabs,
    "back, and again": back_and_again,
    "after the session": after_the_session,
    "without a network": without_a_network,
    "with our answer lost": with_our_answer_lost,
    "Stripe did not hear": with_stripe("before"),
    "Stripe acted, and its answer was lost": with_stripe("after"),
}
ORDERS_ANEW = {"in two tabs", "back, and again"}


@pytest.fixture(autouse=True)
def hurry(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a silent Stripe as long as a test has time."""
    settings.STRIPE_REQUEST_SECONDS = 2
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0.01)


@pytest.mark.parametrize("name", MOMENTS)
def test_it_happens_once_whatever_happens(
    name: str, running: Running, sell, browser: Browser, subtests: pytest.Subtests
) -> None:
    moment = MOMENTS[name]
    sell_all(running, sell)
    for trouble, meet in TROUBLES.items():
        if moment.is_order and trouble in ORDERS_ANEW:
            continue
        with subtests.test(trouble):
            person = somebody(running, browser)
            moment.before(person)
            meet(Attempt(person, moment))
            running.settle()
            assert books_of(person) == moment.after
            person.context.close()
