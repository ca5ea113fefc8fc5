"""The moments in which a customer decides about money: what is pressed, and what then is so, once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from billing.catalog.packs import CreditPack
from billing.checkout.methods import default_method_of
from billing.credits.queries import balance
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway.breaker import close_breaker
from billing.invoices.models import Invoice
from billing.invoices.pay_links import pay_link
from billing.invoices.services import refresh_invoices
from billing.subscriptions.services import reconcile_customer
from members.models import CustomUser
from tests.billing.life.running import Running
from tests.e2e.people import pay_with
from tests.factories.members import PersonFactory


@dataclass
class Somebody:
    """A person who is signed in in a window."""

    running: Running
    context: BrowserContext
    user: CustomUser
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()

    @property
    def customer(self) -> StripeCustomer:
        """The payer they are."""
        return ensure_customer(user=self.user)

    @property
    def client(self) -> Any:
        """Stripe, as its dashboard uses it."""
        return self.running.sandbox.client().v1

    def catch_up(self) -> None:
        """Read what was done at Stripe directly."""
        reconcile_customer(customer_id=self.customer.pk)
        refresh_invoices(customer_id=self.customer.pk)


def somebody(running: Running, context: BrowserContext, user: CustomUser | None = None) -> Somebody:
    """Somebody new, or this ``user``, for whom nothing is counted and nothing is out of reach.

    People take turns at one window, as a new one costs more than most of what is done in it.
    """
    cache.clear()
    close_breaker()
    user = user or PersonFactory()
    client = Client()
    client.force_login(user)
    for page in context.pages[1:]:
        page.close()
    context.clear_cookies()
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": running.address}
    context.add_cookies([cookie])
    return Somebody(running, context, user)


@dataclass(frozen=True)
class Books:
    """What Stripe and we have on record of one customer."""

    charged: tuple[int, ...] = ()
    plans: tuple[str, ...] = ()
    ends: bool = False
    card: str = ""
    credits: int = 0


def books_of(person: Somebody) -> Books:
    """Look everything up: money, plans and cards at Stripe, credits here."""
    customer = person.customer
    charges = person.client.charges.list({"customer": customer.stripe_id}).data
    live = person.client.subscriptions.list({"customer": customer.stripe_id}).data
    products = [person.client.products.retrieve(str(one["items"].data[0].price.product)).name for one in live]
    methods = person.client.payment_methods.list({"customer": customer.stripe_id}).data
    default = default_method_of(customer)
    return Books(
        charged=tuple(charge.amount for charge in charges if charge.paid)[::-1],
        plans=tuple(products),
        ends=any(one.cancel_at_period_end for one in live),
        card=next((method.card.last4 for method in methods if method.id == default and method.card), ""),
        credits=int(balance(customer).available),
    )


def has_skiff(person: Somebody) -> None:
    """€12.00 were paid for a month of Skiff, with a Visa ending in 4242."""
    customer, client = person.customer, person.client
    method = client.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    client.customers.update(customer.stripe_id, {"invoice_settings": {"default_payment_method": method.id}})
    price = next(one for one in client.prices.list({"limit": 100}).data if one.unit_amount == 1200)
    client.subscriptions.create(
        {"customer": customer.stripe_id, "items": [{"price": price.id}], "default_payment_method": method.id}
    )
    person.catch_up()


def has_two_cards(person: Somebody) -> None:
    """A Mastercard beside the Visa that pays."""
    has_skiff(person)
    person.client.payment_methods.attach("pm_card_mastercard", {"customer": person.customer.stripe_id})


def is_leaving(person: Somebody) -> None:
    """Skiff is cancelled with its period."""
    has_skiff(person)
    subscription = person.client.subscriptions.list({"customer": person.customer.stripe_id}).data[0]
    person.client.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    person.catch_up()


def owes(person: Somebody) -> None:
    """An invoice over €5.00 is open."""
    customer, client = person.customer, person.client
    invoice = client.invoices.create({"customer": customer.stripe_id, "auto_advance": False})
    client.invoice_items.create(
        {"customer": customer.stripe_id, "invoice": invoice.id, "amount": 500, "currency": "eur"}
    )
    client.invoices.finalize_invoice(invoice.id)
    person.catch_up()


def nothing(person: Somebody) -> None:
    """Nobody knows this person yet."""


def pay_for_the_plan(page: Page) -> None:
    """Stripe's page, and back."""
    pay_with(page)
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()


def pay_the_invoice(page: Page) -> None:
    """Stripe's page of the invoice, which stays."""
    pay_with(page)
    expect(page.get_by_text("Paid", exact=True)).to_be_visible()


def link_of(person: Somebody) -> str:
    """The link that was mailed."""
    return pay_link(Invoice.objects.get(customer=person.customer))


@dataclass(frozen=True)
class Moment:
    """``button`` stands at ``path`` and asks Stripe at ``asks``; ``then`` is what follows on Stripe's pages.

    ``after``: the books once it happened. ``is_order``: each form is an order of its own, so that two of them
    in two tabs are two orders.
    """

    path: str | Callable[[Somebody], str]
    button: str | re.Pattern[str]
    asks: str
    after: Books
    before: Callable[[Somebody], None] = has_skiff
    then: Callable[[Page], None] | None = None
    is_order: bool = False


# Cutter costs €36.00, Skiff €12.00 and Schooner €96.00 a month, 100 credits €9.00. Who changes in the second
# in which the month began pays 96.00 - 12.00 = 84.00.
MOMENTS = {
    "subscribe": Moment(
        path="/billing/checkout/cutter/?interval=month",
        button="Go to payment",
        asks="/v1/checkout/sessions",
        before=nothing,
        then=pay_for_the_plan,
        after=Books(charged=(3600,), plans=("Cutter",), card="4242"),
    ),
    "change": Moment(
        path="/billing/change/schooner/?interval=month",
        button="Change and pay €84.00",
        asks="/v1/subscriptions/",
        after=Books(charged=(1200, 8400), plans=("Schooner",), card="4242"),
    ),
    "pay with another card": Moment(
        path="/billing/methods/",
        button=re.compile("Make default.*4444"),
        asks="/v1/(subscriptions|customers)/",
        before=has_two_cards,
        after=Books(charged=(1200,), plans=("Skiff",), card="4444"),
    ),
    "cancel": Moment(
        path="/billing/cancel/",
        button="Cancel the plan",
        asks="/v1/subscriptions/",
        after=Books(charged=(1200,), plans=("Skiff",), card="4242", ends=True),
    ),
    "resume": Moment(
        path="/billing/",
        button="Keep the plan",
        asks="/v1/subscriptions/",
        before=is_leaving,
        after=Books(charged=(1200,), plans=("Skiff",), card="4242"),
    ),
    "buy credits": Moment(
        path="/billing/credits/",
        button="Buy with the saved card",
        asks="/v1/payment_intents",
        after=Books(charged=(1200, 900), plans=("Skiff",), card="4242", credits=100),
        is_order=True,
    ),
    "pay by the link in a mail": Moment(
        path=link_of,
        button="Pay now",
        asks="/v1/invoices/",
        before=owes,
        then=pay_the_invoice,
        after=Books(charged=(500,)),
    ),
}


PLANS: dict[str, tuple[int, dict[str, int | None]]] = {
    "skiff": (1200, {"seats": 1}),
    "cutter": (3600, {"seats": 10, "exports": None}),
    "schooner": (9600, {"seats": 30, "exports": None, "workshops": None}),
}


def sell_all(running: Running, sell: Callable[..., Any]) -> None:
    """Three plans by the month, and a hundred credits for €9.00."""
    for plan, (amount, features) in PLANS.items():
        sell(plan, {"month": amount}, grace_days=7, features=features)
    price = running.sandbox.client().v1.prices.create(
        {"currency": "eur", "unit_amount": 900, "product_data": {"name": "100 credits"}}
    )
    CreditPack.objects.create(
        key="small", name="100 credits", credits=100, amount=900, stripe_price_id=price.id
    )
