"""Starts a subscription at Stripe, once, however often it is asked for."""

import logging
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from billing.catalog.models import Price
from billing.checkout.models import CheckoutAttempt
from billing.checkout.queries import choice_path
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway.checkout import (
    create_checkout_session,
    expire_checkout_session,
    retrieve_checkout_session,
)
from billing.gateway.errors import MissingAtStripe, RepeatedDifferently, StripeRefused
from billing.subscriptions.queries import had_subscription, live_subscription
from billing.subscriptions.services import reconcile_customer

logger = logging.getLogger(__name__)

Status = CheckoutAttempt.Status


class AlreadySubscribed(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The customer has a plan that has not ended: there is something to change, nothing to buy."""


class ReplacedMeanwhile(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The customer began another checkout in the same moment, in another tab: that one counts."""


def start_checkout(*, user: Any, price: Price, return_path: str = "") -> CheckoutAttempt:
    """An open checkout for this price; its ``url`` is the page at Stripe where the customer pays.

    A customer has one open checkout at most. The same price again leads to the same page; another price
    closes the page of the first, so that two tabs cannot buy two plans. Raises ``AlreadySubscribed``,
    ``ReplacedMeanwhile``, or a ``StripeFailure`` after which the same call may be repeated: nothing is
    charged twice.
    """
    customer = ensure_customer(user=user)
    for attempt in CheckoutAttempt.objects.filter(customer=customer, status=Status.OPEN):
        _settle(attempt, keep=attempt.price_id == price.pk)
    if live_subscription(customer):
        raise AlreadySubscribed
    return _open(_intend(customer, price, return_path))


def refresh_attempts(*, customer_id: int) -> None:
    """Note which of the customer's open checkouts were completed or expired at Stripe meanwhile."""
    for attempt in CheckoutAttempt.objects.filter(customer_id=customer_id, status=Status.OPEN):
        if attempt.stripe_session_id:
            _note(attempt, _status_at_stripe(attempt))


def _settle(attempt: CheckoutAttempt, *, keep: bool) -> None:
    """Bring an open checkout up to date; close it unless it is the one to ``keep``."""
    status = _status_at_stripe(attempt) if attempt.stripe_session_id else Status.OPEN
    if status == Status.OPEN and not keep:
        status = _close(attempt)
    _note(attempt, status)
    if status == Status.COMPLETE:
        reconcile_customer(customer_id=attempt.customer_id)


def _status_at_stripe(attempt: CheckoutAttempt) -> str:
    try:
        session = retrieve_checkout_session(session_id=attempt.stripe_session_id)
    except MissingAtStripe:
        return Status.EXPIRED
    return Status(session.status or Status.EXPIRED)


def _close(attempt: CheckoutAttempt) -> str:
    """Expire the session; if it was paid in this very moment, Stripe refuses and says so when asked again.

    An attempt without a session is closed here first: from then on, whoever opens its page closes it again.
    """
    if not attempt.stripe_session_id:
        _note(attempt, Status.EXPIRED)
        attempt.refresh_from_db(fields=["stripe_session_id"])
    if not attempt.stripe_session_id:
        return Status.EXPIRED
    try:
        expire_checkout_session(session_id=attempt.stripe_session_id)
    except StripeRefused:
        return _status_at_stripe(attempt)
    return Status.EXPIRED


def _note(attempt: CheckoutAttempt, status: str) -> None:
    if status != attempt.status:
        CheckoutAttempt.objects.filter(pk=attempt.pk, status=Status.OPEN).update(status=status)
        attempt.status = status


def _intend(customer: StripeCustomer, price: Price, return_path: str) -> CheckoutAttempt:
    """The one open intent of this customer: found, or stored before Stripe hears of it."""
    terms = {
        "price": price,
        "trial_days": 0 if had_subscription(customer) else price.version.trial_days,
        "return_path": return_path,
    }
    try:
        attempt, _ = CheckoutAttempt.objects.get_or_create(
            customer=customer, status=Status.OPEN, defaults=terms
        )
    except IntegrityError as race:  # another tab's intent came, and was closed again, between two looks
        raise ReplacedMeanwhile from race
    if attempt.price_id != price.pk:
        raise ReplacedMeanwhile
    return attempt


def _open(attempt: CheckoutAttempt) -> CheckoutAttempt:
    if attempt.stripe_session_id:
        return attempt
    try:
        session = _ask_for_session(attempt)
    except RepeatedDifferently:
        # What we ask for has changed since this intent was stored. Nobody was ever given its page.
        _note(attempt, Status.EXPIRED)
        attempt = _intend(attempt.customer, attempt.price, attempt.return_path)
        session = _ask_for_session(attempt)
    return _remember(attempt, session)


def _ask_for_session(attempt: CheckoutAttempt) -> stripe.checkout.Session:
    site = settings.SITE_URL
    return create_checkout_session(
        customer_id=attempt.customer.stripe_id,
        price_id=attempt.price.stripe_price_id,
        reference=str(attempt.reference),
        trial_days=attempt.trial_days,
        success_url=f"{site}{reverse('billing:success')}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{site}{choice_path(attempt, cancelled='1')}",
        idempotency_key=f"checkout-{attempt.reference}",
    )


def _remember(attempt: CheckoutAttempt, session: stripe.checkout.Session) -> CheckoutAttempt:
    with transaction.atomic():
        stored = CheckoutAttempt.objects.select_for_update().get(pk=attempt.pk)
        stored.stripe_session_id = session.id
        stored.url = session.url or ""
        stored.expires_at = datetime.fromtimestamp(session.expires_at, tz=UTC)
        stored.save(update_fields=["stripe_session_id", "url", "expires_at"])
    if stored.status != Status.OPEN:
        _close(stored)
        raise ReplacedMeanwhile
    return stored
