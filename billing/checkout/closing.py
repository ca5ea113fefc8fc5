"""What billing does when a person closes their account: plans end, cards are forgotten, the books stay."""

import logging
from typing import Any

from billing.checkout.changes import catch_up
from billing.checkout.leaving import leave, stay
from billing.checkout.models import Departure
from billing.checkout.queries import subscription_of
from billing.customers.models import StripeCustomer
from billing.details.models import DetailsChange
from billing.entitlements.queries import customer_of
from billing.gateway.errors import MissingAtStripe
from billing.gateway.payment_methods import detach_payment_method, list_payment_methods
from billing.gateway.subscriptions import cancel_now
from billing.invoices.models import InvoiceArchive
from billing.notices.models import Notice, NoticeChoice

logger = logging.getLogger(__name__)

CLOSING = "The account is closed"


def end_plan(user: Any) -> None:
    """Let the person's plan end with its period: nothing more is charged. Raises a ``StripeFailure``."""
    subscription = subscription_of(user)
    if subscription and not subscription.cancel_at:
        leave(subscription=subscription, reason=CLOSING)


def keep_plan(user: Any) -> None:
    """Let the plan go on after all. Raises a ``StripeFailure``."""
    subscription = subscription_of(user)
    if subscription:
        stay(subscription=subscription)


def close_payer(user: Any) -> None:
    """End every plan now and forget every card; invoices stay, which the law asks for. Safe to repeat.

    Raises a ``StripeFailure``, after which the same call goes on where it stopped.
    """
    customer = customer_of(user)
    if customer is None or not customer.stripe_id:
        return
    for subscription in customer.subscriptions.live():
        try:
            cancel_now(
                subscription_id=subscription.stripe_id, idempotency_key=f"close-{subscription.stripe_id}"
            )
        except MissingAtStripe:
            logger.info("Subscription %s had ended already", subscription.stripe_id)
        catch_up(subscription)
    for method in list_payment_methods(customer_id=customer.stripe_id):
        detach_payment_method(method_id=method.id)


def forget_told(user: Any) -> None:
    """Delete what the person was told and wrote, their choices and packed invoices: nobody needs them."""
    StripeCustomer.objects.filter(user=user).update(invoice_email="")
    DetailsChange.objects.filter(customer__user=user).update(wanted={})
    Notice.objects.filter(user=user).delete()
    NoticeChoice.objects.filter(user=user).delete()
    Departure.objects.filter(subscription__customer__user=user).update(comment="")
    for archive in InvoiceArchive.objects.filter(customer__user=user):
        archive.throw_file_away()
        archive.delete()
