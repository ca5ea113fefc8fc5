"""A customer who lives with us for years: their browser, their Stripe, and the clock of both."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from billing.catalog.models import Price
from billing.customers.models import StripeCustomer
from billing.invoices.reminders import remind_customers
from billing.subscriptions.models import Subscription
from sandbox.stripe import Sandbox
from tests.billing.webhooks.conftest import work
from tests.factories.billing import UserFactory

__all__ = ["work"]


class Life:
    """One person's steps in words; after each the events of Stripe have arrived and the jobs are done."""

    def __init__(self, stripe: Sandbox, post: Any, work: Callable[[], int]) -> None:
        self.stripe, self.post, self.work = stripe, post, work
        self.user = UserFactory(first_name="Ada")
        self.browser = Client()
        self.browser.force_login(self.user)

    def settle(self) -> None:
        """Let what happened at Stripe reach us, and the hourly job run."""
        cache.clear()
        self.browser.force_login(self.user)  # months pass, and the session with them
        for _ in range(3):
            self.stripe.deliver(self.post)
            self.work()
        remind_customers()

    def wait_until(self, moment: datetime) -> None:
        """Live on, day by day, until then."""
        while self.now < moment:
            self.stripe.advance(to=min(moment, self.now + timedelta(days=1)))
            self.settle()

    @property
    def now(self) -> datetime:
        """What the clock says."""
        return datetime.fromtimestamp(self.stripe.now, tz=UTC)

    @property
    def customer(self) -> StripeCustomer:
        """The payer."""
        return StripeCustomer.objects.get(user=self.user)

    @property
    def plan(self) -> Subscription:
        """The newest subscription."""
        return Subscription.objects.select_related("version__plan", "price").latest("pk")

    def subscribe(self, price: Price) -> None:
        """Choose the plan, pay on Stripe's page, come back."""
        address = f"/billing/checkout/{price.version.plan.key}/"
        self.browser.get(address)
        self.browser.post(address, {"interval": price.interval})
        session = self.stripe.find("checkout.session")[-1]["id"]
        self.stripe.complete_checkout(session)
        self.settle()
        page = self.browser.get(f"/billing/success/?session_id={session}").content.decode()
        assert f"Welcome to {price.version.plan.name}" in page

    def change_to(self, price: Price) -> str:
        """Look at what the change brings, and agree to it; gives what was due."""
        address = f"/billing/change/{price.version.plan.key}/"
        page = self.browser.get(f"{address}?interval={price.interval}").content.decode()
        token = re.search(r'name="quote" value="([^"]+)"', page)[1]
        self.browser.post(address, {"interval": price.interval, "quote": token})
        self.settle()
        return re.search(r"<strong>(€[\d.,]+)</strong>", page)[1]

    def use_card(self, card: str) -> None:
        """Another card, made the default on our page."""
        client = self.stripe.client().v1
        method = client.payment_methods.attach(card, {"customer": self.customer.stripe_id})
        self.browser.post(f"/billing/methods/{method.id}/default/")
        self.settle()

    def charged(self) -> list[int]:
        """Every payment that went through, oldest first."""
        charges = self.stripe.client().v1.charges.list({"customer": self.customer.stripe_id, "limit": 100})
        return [charge.amount for charge in charges.data if charge.paid][::-1]

    def reads(self, path: str) -> str:
        """What a page says."""
        return " ".join(self.browser.get(path).content.decode().split())


@pytest.fixture
def life(stripe: Sandbox, post: Any, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> Life:
    """Somebody new; our clock follows the sandbox's from here on."""
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(stripe.now, tz=UTC))
    return Life(stripe, post, work)
