"""Changes a plan at Stripe, once, however often it is asked for; takes a planned change back."""

import logging

import stripe
from django.db import IntegrityError, transaction

from billing.catalog.models import Price
from billing.checkout.models import PlanChange
from billing.checkout.quotes import Agreed
from billing.gateway.errors import CardRefused
from billing.gateway.schedules import release_schedule, schedule_price
from billing.gateway.subscriptions import UnpaidChange, change_price
from billing.invoices.services import refresh_invoices
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer

logger = logging.getLogger(__name__)

Status, Timing = PlanChange.Status, PlanChange.Timing
CONFIRMATION_WANTED = frozenset(
    {
        "authentication_required",
        "invoice_payment_intent_requires_action",
        "subscription_payment_intent_requires_action",
    }
)


class ChangeRefused(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The plan cannot be changed like this now. ``sentence`` says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


ANOTHER_ONE = (
    "Another change of your plan is under way, in another tab. Look at your billing, then choose again."
)
OPEN_INVOICE = "A payment is missing. Pay the open invoice first, then change the plan."
ENDING = "Your plan is about to end. Keep it first, then change it."
RESTING = "Your plan rests at the moment, so there is nothing to change. Look at your billing."


def why_not(subscription: Subscription) -> str:
    """Why this subscription cannot be changed now, in a sentence; empty where it can."""
    if subscription.status in {Subscription.Status.PAST_DUE, Subscription.Status.UNPAID}:
        return OPEN_INVOICE
    if subscription.status == Subscription.Status.PAUSED:
        return RESTING
    return ENDING if subscription.cancel_at else ""


def change_plan(*, subscription: Subscription, price: Price, agreed: Agreed) -> None:
    """Bring the subscription to ``price`` as agreed; what is there already is left as it is.

    The intent is stored first and makes the idempotency keys: a double click, two tabs, the back button and a
    crash after Stripe's answer end in one change and one charge. Raises ``ChangeRefused``, ``CardRefused``
    where the bank says no and nothing changed, or another ``StripeFailure``: the same call may be repeated.
    """
    if is_there_already(subscription, price):
        return
    refusal = why_not(subscription)
    if refusal:
        raise ChangeRefused(refusal)
    change = _intend(subscription, price, agreed)
    try:
        _apply(change)
    except CardRefused:
        PlanChange.objects.filter(pk=change.pk).update(status=Status.REFUSED)
        raise
    PlanChange.objects.filter(pk=change.pk).update(status=Status.DONE)
    catch_up(subscription)


def take_back_change(*, subscription: Subscription) -> None:
    """Forget a planned change; the plan stays as it is. Safe to repeat."""
    if subscription.schedule_stripe_id:
        release_schedule(schedule_id=subscription.schedule_stripe_id)
        catch_up(subscription)


def is_there_already(subscription: Subscription, price: Price) -> bool:
    """Whether the subscription has this price, or goes over to it by itself."""
    if subscription.next_stripe_price_id:
        return subscription.next_stripe_price_id == price.stripe_price_id
    return subscription.price_id == price.pk


def fully_known(subscription: Subscription) -> Subscription:
    """The subscription with its item's id, which older rows learn at their next read."""
    if not subscription.item_stripe_id:
        catch_up(subscription)
        subscription.refresh_from_db(fields=["item_stripe_id", "schedule_stripe_id"])
    return subscription


def catch_up(subscription: Subscription) -> None:
    """Read Stripe's truth now: the customer looks at the result."""
    reconcile_customer(customer_id=subscription.customer_id)
    refresh_invoices(customer_id=subscription.customer_id)


def _intend(subscription: Subscription, price: Price, agreed: Agreed) -> PlanChange:
    terms = {
        "price": price,
        "timing": agreed.timing,
        "proration_date": agreed.proration_date,
        "due": agreed.due,
    }
    try:
        with transaction.atomic():
            change, _ = PlanChange.objects.get_or_create(
                subscription=subscription, status=Status.OPEN, defaults=terms
            )
    except IntegrityError as race:
        raise ChangeRefused(ANOTHER_ONE) from race
    if (change.price_id, change.timing) != (price.pk, agreed.timing):
        raise ChangeRefused(ANOTHER_ONE)
    return change


def _apply(change: PlanChange) -> None:
    subscription = change.subscription
    if change.timing == Timing.PERIOD_END:
        schedule_price(
            subscription_id=subscription.stripe_id,
            schedule_id=subscription.schedule_stripe_id,
            price_id=change.price.stripe_price_id,
            idempotency_key=_key(change),
        )
        return
    if subscription.schedule_stripe_id:
        release_schedule(schedule_id=subscription.schedule_stripe_id)
    try:
        _change_now(change, unpaid="error_if_incomplete")
    except CardRefused as refusal:
        if refusal.code not in CONFIRMATION_WANTED:
            raise
        # The bank wants the customer, who is here: the invoice stands open for the minute that takes.
        _change_now(change, unpaid="allow_incomplete")


def _change_now(change: PlanChange, *, unpaid: UnpaidChange) -> stripe.Subscription:
    return change_price(
        subscription_id=change.subscription.stripe_id,
        item_id=change.subscription.item_stripe_id,
        price_id=change.price.stripe_price_id,
        proration_date=change.proration_date,
        unpaid=unpaid,
        idempotency_key=f"{_key(change)}-{unpaid}",
    )


def _key(change: PlanChange) -> str:
    return f"change-{change.reference}"
