"""Moves one subscription, and puts one back. Each step looks again under the lock, and may be repeated."""

from django.db import transaction

from billing.customers.models import StripeCustomer
from billing.customers.services import lock_customer
from billing.gateway.price_changes import change_subscription_price
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving.models import MovedSubscription, VersionMove
from billing.subscriptions.moving.telling import Teller
from billing.subscriptions.services import reconcile_customer

State = MovedSubscription.State
CHANGED = "The subscription has ended or changed since the move was asked for."
UNDONE_BEFORE = "The move was undone before their turn came."


class TakenMeanwhile(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Another worker went on with this one while we waited for the lock."""


def announce(row: MovedSubscription, teller: Teller) -> None:
    """Tell the customer what will happen at the end of their period."""
    with transaction.atomic():
        teller.tell(row, _locked(row))


def move_one(row: MovedSubscription, teller: Teller) -> None:
    """Give what the target gives; where the price differs, Stripe is told first.

    Nothing is charged for the days that are left: the new price counts from the next payment on.
    """
    if row.to_price is None:
        move_rights(row, teller)
    elif _prepare(row):
        change_subscription_price(
            subscription_id=row.subscription.stripe_id,
            price_id=row.to_price.stripe_price_id,
            idempotency_key=f"move-{row.reference}",
        )
        reconcile_customer(customer_id=row.subscription.customer_id)
        at_the_end = row.move.when == VersionMove.When.PERIOD_END
        with transaction.atomic():
            teller.tell(row, _locked(row))
            _note(row, State.TOLD if at_the_end else State.DONE)


@transaction.atomic
def move_rights(row: MovedSubscription, teller: Teller) -> None:
    """Let the target decide what the customer may do, from the next request on. Stripe hears of nothing."""
    subscription = _locked(row)
    paid = row.to_price_id or row.from_price_id
    if _is_over(subscription) or (subscription.version_id, subscription.price_id) != (
        row.move.source_id,
        paid,
    ):
        _note(row, State.SKIPPED, CHANGED)
        return
    if row.to_price_id:
        _hold(subscription, row.move.target_id, None, None)
    else:
        _hold(subscription, row.move.target_id, row.move.target_id, paid)
    teller.tell(row, subscription)
    _note(row, State.DONE)


def put_back(row: MovedSubscription, teller: Teller) -> None:
    """Undo the move of one subscription, unless it ended or changed since."""
    if row.state == State.WAITING:
        _call_off(row, teller)
    elif row.to_price_id is None:
        _put_rights_back(row, teller)
    elif _prepare_return(row):
        change_subscription_price(
            subscription_id=row.subscription.stripe_id,
            price_id=row.from_price.stripe_price_id,
            idempotency_key=f"undo-{row.reference}",
        )
        reconcile_customer(customer_id=row.subscription.customer_id)
        with transaction.atomic():
            teller.take_back(row, _locked(row))
            _note(row, State.UNDONE)


@transaction.atomic
def _call_off(row: MovedSubscription, teller: Teller) -> None:
    """Nothing happened yet but that the customer was told."""
    subscription = _locked(row)
    if not _is_over(subscription):
        teller.take_back(row, subscription)
    _note(row, State.SKIPPED, UNDONE_BEFORE)


@transaction.atomic
def _put_rights_back(row: MovedSubscription, teller: Teller) -> None:
    subscription = _locked(row)
    if _is_over(subscription) or (subscription.version_id, subscription.price_id) != (
        row.move.target_id,
        row.from_price_id,
    ):
        _note(row, State.KEPT)
        return
    _hold(subscription, row.move.source_id, row.former_version_id, row.former_price_id)
    teller.take_back(row, subscription)
    _note(row, State.UNDONE)


@transaction.atomic
def _prepare(row: MovedSubscription) -> bool:
    """Before Stripe is told: until when the old version goes on deciding. No: there is nothing to do."""
    subscription = _locked(row)
    is_told = subscription.price_id == row.to_price_id
    is_as_it_was = (subscription.version_id, subscription.price_id) == (row.move.source_id, row.from_price_id)
    if _is_over(subscription) or not (is_told or is_as_it_was):
        _note(row, State.SKIPPED, CHANGED)
        return False
    if row.move.when == VersionMove.When.PERIOD_END:
        subscription.moved_version_id, subscription.moved_price_id = row.move.source_id, row.to_price_id
        subscription.save(update_fields=["moved_version", "moved_price"])
    return True


@transaction.atomic
def _prepare_return(row: MovedSubscription) -> bool:
    subscription = _locked(row)
    is_back = subscription.price_id == row.from_price_id
    expected = row.move.source_id if row.state == State.TOLD else row.move.target_id
    is_moved = (subscription.version_id, subscription.price_id) == (expected, row.to_price_id)
    if _is_over(subscription) or not (is_back or is_moved):
        _note(row, State.KEPT)
        return False
    subscription.moved_version_id, subscription.moved_price_id = row.former_version_id, row.former_price_id
    subscription.save(update_fields=["moved_version", "moved_price"])
    return True


def _locked(row: MovedSubscription) -> Subscription:
    """The subscription, with its customer locked first, as a reconcile does.

    Raises ``TakenMeanwhile`` where the row is not any more where the caller saw it.
    """
    lock_customer(customer_id=row.subscription.customer_id)
    if not MovedSubscription.objects.filter(pk=row.pk, state=row.state).exists():
        raise TakenMeanwhile
    return Subscription.objects.select_related("customer__user").get(pk=row.subscription_id)


def _is_over(subscription: Subscription) -> bool:
    return subscription.ended_at is not None


def _hold(
    subscription: Subscription, version_id: int, moved_version_id: int | None, moved_price_id: int | None
) -> None:
    subscription.version_id = version_id
    subscription.moved_version_id, subscription.moved_price_id = moved_version_id, moved_price_id
    subscription.save(update_fields=["version", "moved_version", "moved_price"])
    customer = StripeCustomer.objects.get(pk=subscription.customer_id)
    customer.entitlements_epoch += 1
    customer.save(update_fields=["entitlements_epoch"])


def _note(row: MovedSubscription, state: str, note: str = "") -> None:
    row.state, row.note = state, note
    row.save(update_fields=["state", "note"])
