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
