"""Ends a plan and keeps it after all, once, however often it is asked for."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.checkout.changes import catch_up, take_back_change
from billing.checkout.leaving_settings import LeavingSettings
from billing.checkout.models import Departure
from billing.gateway.errors import MissingAtStripe
from billing.gateway.subscriptions import cancel_now, set_cancellation
from billing.subscriptions.models import Subscription

Status = Departure.Status


class NotAllowed(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The site does not let customers end a plan at once."""


def leave(
    *, subscription: Subscription, reason: str = "", comment: str = "", at_once: bool = False
) -> Departure:
    """End the plan with its period, or at once where the site allows it; nothing more is charged.

    The departure is stored first and makes the idempotency key. A planned change is taken back: a plan that
    ends goes over to nothing. Safe to repeat after a ``StripeFailure``. Raises ``NotAllowed``.
    """
    if at_once and not LeavingSettings.load().may_end_at_once:
        raise NotAllowed
    departure = _intend(subscription, reason, comment, at_once)
    take_back_change(subscription=subscription)
    _tell_stripe(departure)
    Departure.objects.filter(pk=departure.pk).update(status=Status.DONE)
    catch_up(subscription)
    return departure


def stay(*, subscription: Subscription) -> None:
    """Take a cancellation back while the plan still runs. Safe to repeat."""
    if subscription.cancel_at is None:
        return
    departure = Departure.objects.filter(subscription=subscription, stayed_at=None).first()
    told = departure.reference if departure else f"{subscription.pk}-{subscription.cancel_at.timestamp():.0f}"
    key = f"stay-{told}"
    set_cancellation(subscription_id=subscription.stripe_id, at_period_end=False, idempotency_key=key)
    Departure.objects.filter(subscription=subscription, stayed_at=None).update(stayed_at=timezone.now())
    catch_up(subscription)


def _intend(subscription: Subscription, reason: str, comment: str, at_once: bool) -> Departure:
    terms = {"reason": reason, "comment": comment, "at_once": at_once}
    try:
        with transaction.atomic():
            departure, _ = Departure.objects.get_or_create(
                subscription=subscription, status=Status.OPEN, defaults=terms
            )
    except IntegrityError:  # another tab was quicker, and is done by now
        return Departure.objects.filter(subscription=subscription).latest("created_at")
    return departure


def _tell_stripe(departure: Departure) -> None:
    subscription_id = departure.subscription.stripe_id
    key = f"leave-{departure.reference}"
    if not departure.at_once:
        set_cancellation(subscription_id=subscription_id, at_period_end=True, idempotency_key=key)
        return
    try:
        cancel_now(subscription_id=subscription_id, idempotency_key=key)
    except MissingAtStripe:  # it has ended already, which is what was wanted
        return
