"""A customer's path through the site over plain HTTP: sign up, confirm, compare, pay, read."""

import secrets
import time
from collections.abc import Callable

from sandbox.mailbox.client import Mailbox
from sandbox.stack.visitor import Page, VisitError, Visitor

JOURNAL = "/soundings/"
ARTICLE = "how-to-read-a-bad-month"
PLAN = "cutter"
PAYWALL = ".qs-paywall"
PATIENCE = 30  # seconds
CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123", "name": "Smoke Tester"}


def walk(visitor: Visitor, mailbox: Mailbox, say: Callable[[str], None]) -> None:
    """Go the whole way; VisitError says where it ended too early."""
    email = f"smoke-{secrets.token_hex(4)}@example.com"
    article = visitor.get(JOURNAL).link(ARTICLE)
    preview = visitor.get(article)
    _expect(preview.has(PAYWALL), f"{article} is open to everyone, though it belongs to a plan.")
    say("A visitor sees the article's preview and the gate.")

    _sign_up(visitor, mailbox, email)
    _expect(visitor.get(article).has(PAYWALL), f"{article} is open to a member without a plan.")
    say(f"{email} signed up, confirmed the address, and still meets the gate.")

    _subscribe(visitor)
    say(f"The plan {PLAN} is paid on the sandbox's checkout page.")

    whole = visitor.get(article)
    _expect(not whole.has(PAYWALL), f"{article} is still gated after the payment.")
    _expect(len(whole.text) > len(preview.text), f"{article} shows no more than its preview.")
    say("The article is open.")


def _sign_up(visitor: Visitor, mailbox: Mailbox, email: str) -> None:
    form = visitor.get("/accounts/signup/")
    visitor.submit(form, "/accounts/signup/", email=email, password1=secrets.token_urlsafe(16))
    mail = mailbox.wait_for(to=email)
    links = [link for link in mail["links"] if "/accounts/confirm-email/" in link]
    _expect(bool(links), f"The mail to {email} has no link to confirm the address; it has {mail['links']}.")
    visitor.submit(visitor.get(links[0]), "/accounts/confirm-email/")
    dashboard = visitor.get("/dashboard/")
    _expect(dashboard.path == "/dashboard/", f"Nobody is signed in: the dashboard leads to {dashboard.url}.")


def _subscribe(visitor: Visitor) -> None:
    order = visitor.get(visitor.get("/pricing/").link(f"/billing/checkout/{PLAN}"))
    payment = visitor.submit(order, "/billing/checkout/")
    _until_done(visitor, visitor.submit(payment, "/checkout/pay/", **CARD))


def _until_done(visitor: Visitor, page: Page) -> None:
    _expect(page.path == "/billing/success/", f"After the payment came {page.url}: {page.text[:300]}")
    deadline = time.monotonic() + PATIENCE
    while page.has("#checkout-state[hx-get]"):
        _expect(time.monotonic() < deadline, f"The plan was not there {PATIENCE} s after the payment.")
        time.sleep(0.5)
        page = visitor.get(page.url)


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise VisitError(otherwise)
