"""Whatever happens in between: one plan, one charge, and a page from which it goes on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from playwright.sync_api import BrowserContext, Page, Route, expect
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

    def press_twice(self, page: Page) -> None:
        """Decide by a double click, and wait for what follows; the second click breaks off the first."""
        page.evaluate("document.documentElement.dataset.left = 'true'")
        self.button(page).dblclick()
        expect(page.locator("html[data-left]")).to_have_count(0)

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
    expect(page.locator("main").locator("a, button").first).to_be_attached()


def by_an_impatient_customer(attempt: Attempt) -> None:
    """Pressed twice, looked at again, pressed in another tab; then back, and again."""
    page, other = attempt.open(), attempt.person.context.new_page()
    if not attempt.moment.is_order:
        attempt.open(other)
    attempt.press_twice(page)
    attempt.finish(page)
    page.reload()
    if attempt.moment.is_order:
        return
    attempt.press(other)
    goes_on(other)
    for _ in range(2):
        page.go_back()
    attempt.try_again(page)


def after_the_session_and_over_a_bad_line(attempt: Attempt) -> None:
    """Signed out meanwhile; then without a network; then our answer is lost."""
    page = attempt.open()
    after_the_session(attempt, page)
    without_a_network(attempt, page)
    with_our_answer_lost(attempt, page)
    attempt.try_again(page)


def after_the_session(attempt: Attempt, page: Page) -> None:
    """Whoever must sign in finds the page again, and in it what they had typed."""
    words = page.locator("main textarea")
    may_write = bool(words.count())
    if may_write:
        words.fill("Too far from the sea")
    Session.objects.all().delete()
    with page.expect_navigation():
        attempt.press(page)
    if not SIGNED_OUT.search(page.url):  # the link in a mail needs no session
        attempt.open(page)
        return
    expect(page.get_by_text("You were signed out meanwhile")).to_be_visible()
    page.locator("[name=login]").fill(attempt.person.user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{attempt.running.address}{attempt.path}")
    if may_write:
        expect(words).to_have_value("Too far from the sea")


def without_a_network(attempt: Attempt, page: Page) -> None:
    context = attempt.person.context
    context.set_offline(True)
    try:
        attempt.press(page)
        page.wait_for_url("chrome-error://**")
    finally:
        context.set_offline(False)
    attempt.open(page)


def with_our_answer_lost(attempt: Attempt, page: Page) -> None:
    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/*", lose)
    try:
        attempt.press(page)
        page.wait_for_url("chrome-error://**")
    finally:
        page.unroute("**/*")


def while_stripe_is_silent(attempt: Attempt) -> None:
    """It does not hear; then it acts, and does not answer in time; before its events are read, again."""
    page = attempt.person.page
    for kind, when in (("reset", "before"), ("timeout", "after")):
        attempt.open(page)
        with stripe_fails(attempt, kind, when):
            attempt.press(page)
            goes_on(page)
    attempt.try_again(page)


@contextmanager
def stripe_fails(attempt: Attempt, kind: str, when: str) -> Iterator[None]:
    """At what this moment asks, as often as we try; our pages wait a second for it."""
    sandbox = attempt.running.sandbox
    sandbox.fail(kind, path=attempt.moment.asks, when=when, times=3)
    with override_settings(STRIPE_REQUEST_SECONDS=1):
        yield
    sandbox.faults.clear()
    close_breaker()


TROUBLES = (by_an_impatient_customer, after_the_session_and_over_a_bad_line, while_stripe_is_silent)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0.01)


def test_it_happens_once_whatever_happens(
    running: Running, sell, context: BrowserContext, subtests: pytest.Subtests
) -> None:
    sell_all(running, sell)
    for (name, moment), trouble in product(MOMENTS.items(), TROUBLES):
        with subtests.test(f"{name}, {trouble.__name__}"):
            person = somebody(running, context)
            moment.before(person)
            trouble(Attempt(person, moment))
            running.settle()
            assert books_of(person) == moment.after
