"""Buys credits for who wants that when they run low: seldom, within limits, and never in silence."""

import logging
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from billing.catalog.packs import CreditPack
from billing.credits.buying import charge, note_failure, settle_now
from billing.credits.purchase_models import MOST_PACKS, CreditPurchase, CreditSettings, ReloadMonth
from billing.credits.queries import account_of
from billing.credits.telling import tell_capped, tell_reload_failed, tell_reloaded
from billing.gateway.errors import CardRefused
from billing.gateway.payments import saved_card

logger = logging.getLogger(__name__)

Status = CreditPurchase.Status

TRIES = 3
FIRST_PAUSE = timedelta(hours=1)
# Stripe forgets an idempotency key after a day at the earliest: repeated later, a call might charge again.
REPEATABLE_FOR = timedelta(hours=20)


def reload_if_low(*, customer_id: int) -> None:
    """Buy what is missing, if the customer wants it, the limits allow it and no attempt is open.

    Raises ``StripeUnavailable`` where Stripe does not answer: the attempt stays open and is repeated with the
    key it had.
    """
    purchase = _open_attempt(customer_id) or _intend(customer_id)
    if purchase is None:
        return
    if timezone.now() - purchase.created_at > REPEATABLE_FOR:
        _give_up(purchase)
        return
    _pay(purchase)


def resume_with(*, customer_id: int, card_id: str) -> None:
    """Another card than the one that was refused is the default now: auto-reload goes on."""
    suspended = CreditSettings.objects.filter(customer_id=customer_id).exclude(suspended_at=None)
    suspended.exclude(suspended_card=card_id).update(
        suspended_at=None, suspended_card="", failures=0, next_try_at=None
    )


def _open_attempt(customer_id: int) -> CreditPurchase | None:
    return (
        CreditPurchase.objects.filter(
            customer_id=customer_id, way=CreditPurchase.Way.RELOAD, status=Status.OPEN
        )
        .select_related("customer", "pack")
        .first()
    )


@transaction.atomic
def _intend(customer_id: int) -> CreditPurchase | None:
    """Store an attempt under the settings' lock; the database refuses a second one, and too many."""
    wanted = (
        CreditSettings.objects.select_for_update(of=("self",))
        .select_related("customer__user", "reload_pack")
        .filter(customer_id=customer_id, reload_on=True, suspended_at=None)
        .first()
    )
    pack = wanted.reload_pack if wanted else None
    if wanted is None or pack is None or (wanted.next_try_at and timezone.now() < wanted.next_try_at):
        return None
    missing = _missing_packs(wanted, pack)
    quantity = _count_in(wanted, pack, missing) if missing else 0
    if missing and not quantity:
        tell_capped(wanted)
    if not quantity:
        return None
    return CreditPurchase.objects.create(
        customer=wanted.customer,
        pack=pack,
        quantity=quantity,
        credits=pack.credits * quantity,
        amount=pack.amount * quantity,
        currency=pack.currency,
        way=CreditPurchase.Way.RELOAD,
    )


def _missing_packs(wanted: CreditSettings, pack: CreditPack) -> int:
    """How many packs close the whole gap, debt included: one purchase, not one after the other."""
    account = account_of(wanted.customer)
    if account is None or account.frozen_at or pack.archived_at:
        return 0
    gap = wanted.reload_below - (account.available - account.debt)
    if gap <= 0:
        return 0
    packs = (gap / pack.credits).to_integral_value(ROUND_CEILING)
    return int(min(packs, Decimal(MOST_PACKS)))


def _count_in(wanted: CreditSettings, pack: CreditPack, quantity: int) -> int:
    """Book the attempt into its month; gives how many packs the month's limits leave, none if it is full.

    Money is counted in each currency by itself, purchases in all of them together.
    """
    this = {"customer": wanted.customer, "month": timezone.now().replace(day=1).date()}
    month, _ = ReloadMonth.objects.select_for_update().get_or_create(
        **this, currency=pack.currency, defaults={"most": 0, "most_amount": 0}
    )
    others = ReloadMonth.objects.filter(**this).exclude(pk=month.pk)
    in_others = others.aggregate(total=Sum("count", default=0))["total"]
    month.most = max(wanted.most_per_month - in_others, month.count)
    month.most_amount = max(wanted.most_money_per_month, month.amount)
    quantity = min(quantity, (month.most_amount - month.amount) // pack.amount)
    if quantity < 1 or month.count >= month.most:
        return 0
    month.count += 1
    month.amount += pack.amount * quantity
    month.save()
    return quantity


def _pay(purchase: CreditPurchase) -> None:
    card = saved_card(customer_id=purchase.customer.stripe_id)
    try:
        if card is not None:
            charge(purchase, card)
    except CardRefused:
        _fail(purchase, card_id=card.id if card else "")
        return
    if card is None:
        _fail(purchase, card_id="")
        return
    CreditSettings.objects.filter(customer=purchase.customer).update(failures=0, next_try_at=None)
    tell_reloaded(purchase)


@transaction.atomic
def _fail(purchase: CreditPurchase, *, card_id: str) -> None:
    """Wait longer each time; after the last try, wait for another card."""
    _give_back(purchase)
    wanted = CreditSettings.objects.select_for_update().get(customer=purchase.customer)
    wanted.failures += 1
    wanted.next_try_at = timezone.now() + FIRST_PAUSE * 4 ** (wanted.failures - 1)
    if wanted.failures >= TRIES:
        wanted.suspended_at = timezone.now()
        wanted.suspended_card = card_id
    wanted.save()
    tell_reload_failed(purchase, suspended=wanted.suspended_at is not None)


def _give_up(purchase: CreditPurchase) -> None:
    """Too old to ask Stripe for again: if it was charged the charge says so, else the attempt is over."""
    settle_now(customer=purchase.customer)
    purchase.refresh_from_db()
    if purchase.status == Status.OPEN:
        with transaction.atomic():
            _give_back(purchase)


def _give_back(purchase: CreditPurchase) -> None:
    """A failed attempt counts as one of the month's, but its money was not spent."""
    note_failure(purchase)
    ReloadMonth.objects.filter(
        customer=purchase.customer,
        month=purchase.created_at.replace(day=1).date(),
        currency=purchase.currency,
    ).update(amount=F("amount") - purchase.amount)
