"""Pays credits for what a plan does not give: once per thing, and only what the decision named."""

from typing import Any

from billing.credits.services import Spent, spend
from billing.customers.models import StripeCustomer
from billing.customers.services import new_payer
from billing.entitlements.decisions import Decision
from billing.entitlements.queries import customer_of


def pay_for(who: Any, decision: Decision, *, key: str) -> Spent:
    """Spend what ``decision.unlock_with`` names; the same ``key`` is paid once, whatever is clicked twice.

    Only after the customer agreed to that price. Raises a ``CreditsRefused`` after which nothing was spent,
    and ``ValueError`` for a decision that names no price: it allows, or only a plan helps.
    """
    if decision.unlock_with is None:
        raise ValueError(f"{decision.feature} is not to be had for credits.")
    payer = who if isinstance(who, StripeCustomer) else customer_of(who) or new_payer(user=who)
    return spend(customer=payer, amount=decision.unlock_with, key=key, feature=decision.feature)
