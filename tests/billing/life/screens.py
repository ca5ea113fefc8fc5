"""Every screen on which a customer deals with money, in each of the states in which they may meet it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from billing.checkout.leaving_settings import LeavingSettings
from billing.invoices.models import Invoice
from billing.notices.services import notify
from billing.notices.tokens import unsubscribe_token
from billing.subscriptions.services import reconcile_customer
from tests.billing.life.moments import (
    Somebody,
    has_skiff,
    has_two_cards,
    is_leaving,
    link_of,
    nothing,
    owes,
    pay_for_the_plan,
)

OVERVIEW = "/billing/"


@dataclass(frozen=True)
class Screen:
    """A page, who sees it, and words by which it is known; ``status`` is not 200 where it is a refusal."""

    path: str | Callable[[Somebody], str]
    words: str
    before: Callable[[Somebody], None] = has_skiff
    status: int = 200

    def path_for(self, person: Somebody) -> str:
        """Where this person finds it."""
        return self.path if isinstance(self.path, str) else self.path(person)


def is_made_an_offer(person: Somebody) -> None:
    """The site asks who leaves to talk first."""
    has_skiff(person)
    LeavingSettings.objects.update_or_create(
        pk=1,
        defaults={
            "offer_title": "Before you go",
            "offer_text": "Half the price for three months: write to us, and it is yours.",
            "offer_label": "Write to us",
            "offer_link": "/contact/",
            "may_end_at_once": True,
        },
    )


def has_schooner(person: Somebody) -> None:
    """The largest plan."""
    has_skiff(person)
    client = person.client
    subscription = client.subscriptions.list({"customer": person.customer.stripe_id}).data[0]
    price = next(one for one in client.prices.list({"limit": 100}).data if one.unit_amount == 9600)
    client.subscriptions.update(
        subscription.id, {"items": [{"id": subscription["items"].data[0].id, "price": price.id}]}
    )
    person.catch_up()


def goes_down(person: Somebody) -> None:
    """From Schooner to Skiff, when the month is over."""
    has_schooner(person)
    person.page.goto("/billing/change/skiff/?interval=month")
    person.page.get_by_role("main").get_by_role("button", name="Change on").click()
    person.page.wait_for_url("**/billing/")


def has_left(person: Somebody) -> None:
    """There was a plan."""
    has_skiff(person)
    subscription = person.client.subscriptions.list({"customer": person.customer.stripe_id}).data[0]
    person.client.subscriptions.cancel(subscription.id)
    person.catch_up()


def must_pay(person: Somebody) -> None:
    """The renewal failed: its invoice is open, and the plan is past due."""
    client, customer = person.client, person.customer
    card = client.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.stripe_id})
    price = next(one for one in client.prices.list({"limit": 100}).data if one.unit_amount == 1200)
    client.subscriptions.create(
        {
            "customer": customer.stripe_id,
            "items": [{"price": price.id}],
            "default_payment_method": card.id,
            "trial_end": person.running.sandbox.now + 60,
        }
    )
    person.running.sandbox.advance(hours=2)
    person.running.settle()
    reconcile_customer(customer_id=customer.pk)


def is_told(person: Somebody) -> None:
    """Something new is behind the bell."""
    has_skiff(person)
    notify(user=person.user, topic="welcome", key=f"screen:{person.user.pk}", context={"plan": "Skiff"})


def invoice_page(person: Somebody) -> str:
    """The newest invoice."""
    return reverse("billing:invoice", args=[Invoice.objects.filter(customer=person.customer)[0].pk])


def way_out(person: Somebody) -> str:
    """The link under a mail."""
    return reverse("billing:unsubscribe", args=[unsubscribe_token(user_id=person.user.pk, topic="welcome")])


def after_the_payment(person: Somebody) -> str:
    """Where Stripe leads back to."""
    page = person.page
    page.goto("/billing/checkout/cutter/?interval=month")
    page.get_by_role("button", name="Go to payment").click()
    pay_for_the_plan(page)
    return page.url.removeprefix(person.running.address)


# Together stand those of people in the same state.
SCREENS = {
    "overview, empty": Screen(OVERVIEW, "You have no plan yet", nothing),
    "checkout": Screen("/billing/checkout/cutter/", "Due today", nothing),
    "checkout, nothing such": Screen("/billing/checkout/raft/", "cannot be bought", nothing, status=404),
    "methods, empty": Screen("/billing/methods/", "No payment method yet", nothing),
    "invoices, empty": Screen("/billing/invoices/", "No invoices yet", nothing),
    "pay link, too old": Screen("/billing/pay/old/", "This link has expired", nothing, status=410),
    "notices, empty": Screen("/notices/", "Nothing", nothing),
    "choices of notices": Screen("/dashboard/settings/notices/", "Receipts", nothing),
    "unsubscribe": Screen(way_out, "No more of these mails", nothing),
    "after the payment": Screen(after_the_payment, "Welcome to Cutter", nothing),
    "overview": Screen(OVERVIEW, "Next payment"),
    "billing settings": Screen("/billing/settings/", "Tax numbers"),
    "when credits run low": Screen("/billing/credits/settings/", "Auto-reload stops there"),
    "choice of a plan": Screen("/billing/change/", "Schooner"),
    "change up": Screen("/billing/change/schooner/", "What you gain"),
    "cancel": Screen("/billing/cancel/", "Cancel Skiff"),
    "invoices": Screen("/billing/invoices/", "Paid"),
    "invoice": Screen(invoice_page, "Download the PDF"),
    "export": Screen("/billing/export/", "All invoices as PDFs"),
    "close the account": Screen("/dashboard/settings/close/", "What happens"),
    "overview, leaving": Screen(OVERVIEW, "Your plan ends on", is_leaving),
    "change, refused": Screen("/billing/change/schooner/", "Keep it first", is_leaving, status=409),
    "overview, going down": Screen(OVERVIEW, "Your plan changes to", goes_down),
    "change down": Screen("/billing/change/skiff/", "What you give up", has_schooner),
    "methods": Screen("/billing/methods/", "Make default", has_two_cards),
    "invoice, open": Screen(invoice_page, "This invoice is open", owes),
    "pay link": Screen(link_of, "€5.00 to pay", owes),
    "overview, unpaid": Screen(OVERVIEW, "A payment failed", must_pay),
    "win-back": Screen(OVERVIEW, "Welcome back", has_left),
    "notices": Screen("/notices/", "Welcome to Skiff", is_told),
    "cancel, with an offer": Screen("/billing/cancel/", "Before you go", is_made_an_offer),
}
