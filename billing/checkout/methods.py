"""How a customer pays: the methods Stripe keeps for them, which one counts, and which may go."""

from dataclasses import dataclass
from datetime import date

import stripe

from billing.customers.models import StripeCustomer
from billing.gateway.customers import retrieve_customer
from billing.gateway.payment_methods import (
    detach_payment_method,
    list_payment_methods,
    method_of_setup,
    set_default_method,
)
from billing.gateway.subscriptions import list_subscriptions
from billing.subscriptions.models import Subscription
from billing.subscriptions.queries import live_subscription

LAST_ONE = "It is the only way to pay for your plan, so it stays. Add another one first, or cancel the plan."
DEFAULT_ONE = "Your plan is paid with this one. Make another one the default first, then remove it."


class MethodRefused(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """A method cannot be removed now. ``sentence`` says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotTheirs(LookupError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The customer has no such method."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay, as a page shows it: “Visa ending in 4242”."""

    stripe_id: str
    label: str
    expires: str
    is_expired: bool
    is_default: bool


def methods_of(customer: StripeCustomer, *, today: date) -> list[Method]:
    """What Stripe keeps for the customer, the one that counts first. Raises a ``StripeFailure``."""
    default = default_method_of(customer)
    methods = [
        _shown(method, default, today) for method in list_payment_methods(customer_id=customer.stripe_id)
    ]
    return sorted(methods, key=lambda method: not method.is_default)


def default_method_of(customer: StripeCustomer) -> str:
    """The id of the method that the next invoice is collected with; empty without one.

    A subscription may have one of its own, which Stripe's checkout gives it; else the customer's counts.
    """
    running = live_subscription(customer)
    if running:
        at_stripe = {one.id: one for one in list_subscriptions(customer_id=customer.stripe_id)}
        own = at_stripe[running.stripe_id].default_payment_method if running.stripe_id in at_stripe else None
        if own:
            return own if isinstance(own, str) else own.id
    settings = retrieve_customer(customer_id=customer.stripe_id).invoice_settings
    chosen = settings.default_payment_method if settings else None
    return (chosen if isinstance(chosen, str) else chosen.id) if chosen else ""


def make_default(customer: StripeCustomer, *, method_id: str) -> None:
    """Pay with this method from now on. Raises ``NotTheirs``, or a ``StripeFailure``: it may be repeated."""
    _own(customer, method_id)
    set_default_method(
        customer_id=customer.stripe_id, method_id=method_id, subscription_id=_running_id(customer)
    )


def remove_method(customer: StripeCustomer, *, method_id: str) -> None:
    """Forget a method. Raises ``MethodRefused`` for the one a running plan needs, and ``NotTheirs``."""
    methods = _own(customer, method_id)
    if _running_id(customer):
        if len(methods) == 1:
            raise MethodRefused(LAST_ONE)
        if default_method_of(customer) == method_id:
            raise MethodRefused(DEFAULT_ONE)
    detach_payment_method(method_id=method_id)


def take_new_method(customer: StripeCustomer, *, session_id: str) -> bool:
    """Make the method of a finished setup session the default; False while there is none yet.

    Raises ``NotTheirs`` for somebody else's session.
    """
    payer, method_id = method_of_setup(session_id=session_id)
    if payer != customer.stripe_id:
        raise NotTheirs
    if method_id:
        set_default_method(
            customer_id=customer.stripe_id, method_id=method_id, subscription_id=_running_id(customer)
        )
    return bool(method_id)


def _own(customer: StripeCustomer, method_id: str) -> list[stripe.PaymentMethod]:
    methods = list_payment_methods(customer_id=customer.stripe_id)
    if method_id not in {method.id for method in methods}:
        raise NotTheirs
    return methods


def _running_id(customer: StripeCustomer) -> str:
    running: Subscription | None = live_subscription(customer)
    return running.stripe_id if running else ""


def _shown(method: stripe.PaymentMethod, default: str, today: date) -> Method:
    card = method.card
    if card is None:
        label = method.type.replace("_", " ").capitalize()
        return Method(method.id, label, "", is_expired=False, is_default=method.id == default)
    brand = card.brand.replace("_", " ").title()
    return Method(
        stripe_id=method.id,
        label=f"{brand} ending in {card.last4}",
        expires=f"{card.exp_month:02}/{card.exp_year}",
        is_expired=(card.exp_year, card.exp_month) < (today.year, today.month),
        is_default=method.id == default,
    )
