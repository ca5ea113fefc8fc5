"""Whose credits: callers name the payer, or the person who has one."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from billing.credits.errors import UnknownCustomer
from billing.customers.models import StripeCustomer


def payer_of(who: Any) -> StripeCustomer:
    """The payer that ``who``, a payer or a user, stands for. Raises ``UnknownCustomer`` for nobody."""
    if isinstance(who, StripeCustomer):
        return who
    try:
        customer: StripeCustomer = who.stripe_customer
    except (AttributeError, ObjectDoesNotExist):
        raise UnknownCustomer from None
    return customer


def make_payer(user: Any) -> StripeCustomer:
    """The payer of this person, made at first need; Stripe hears of it when money is first spoken of."""
    customer, _ = StripeCustomer.objects.get_or_create(user=user, defaults={"stripe_email": user.email})
    return customer
