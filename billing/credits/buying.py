"""Buys credits: an intent is stored first, and its reference makes Stripe charge once."""

import logging
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from billing.catalog.packs import CreditPack
from billing.credits.purchase_models import MOST_PACKS, CreditPurchase
from billing.credits.purchases import settle_purchases
from billing.credits.reading import read_charges
from billing.credits.shop import shop_for
from billing.customers.models import StripeCustomer
from billing.customers.queries import currency_choice
from billing.customers.services import ensure_customer
from billing.gateway.errors import CardRefused
from billing.gateway.payments import charge_saved_card, create_payment_page, saved_card

logger = logging.getLogger(__name__)

Way = CreditPurchase.Way
Status = CreditPurchase.Status
ASK_THE_CUSTOMER = "authentication_required"


class NotForSale(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The pack cannot be bought so. ``sentence`` says it to the customer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def buy_on_page(*, user: Any, pack: CreditPack, quantity: int, reference: UUID) -> CreditPurchase:
    """An open purchase whose ``url`` is Stripe's page for it; the same ``reference`` leads to the same page.

    Raises ``NotForSale``, or a ``StripeFailure`` after which the same call may be repeated.
    """
    return _open_page(_intend(user, pack, quantity, reference, Way.CHECKOUT))


def buy_with_card(*, user: Any, pack: CreditPack, quantity: int, reference: UUID) -> CreditPurchase:
    """Charge the saved card now.

    Where the bank wants to see the customer, or no card is saved, the purchase comes back open, with Stripe's
    page in its ``url``. Raises ``NotForSale``, and ``CardRefused`` where the bank says no.
    """
    purchase = _intend(user, pack, quantity, reference, Way.CARD)
    if purchase.status != Status.OPEN or purchase.url:
        return purchase
    card = saved_card(customer_id=purchase.customer.stripe_id)
    if card is None:
        return _open_page(purchase)
    try:
        charge(purchase, card)
    except CardRefused as refusal:
        if refusal.code == ASK_THE_CUSTOMER:
            return _open_page(purchase)
        note_failure(purchase)
        raise
    return purchase


def charge(purchase: CreditPurchase, card: stripe.PaymentMethod) -> None:
    """Take the price from a saved card and grant. Raises ``CardRefused`` where the bank says no."""
    charge_saved_card(
        customer_id=purchase.customer.stripe_id,
        card_id=card.id,
        amount=purchase.amount,
        currency=purchase.currency,
        reference=str(purchase.reference),
        description=f"{purchase.quantity} x {purchase.pack}",
    )
    settle_now(customer=purchase.customer)
    purchase.refresh_from_db()


def settle_now(*, customer: StripeCustomer) -> None:
    """Read what the customer paid and grant it now, before its event. Raises a ``StripeFailure``."""
    if not customer.stripe_id:
        return
    charges = read_charges(customer)
    with transaction.atomic():
        settle_purchases(charges, customer=customer)


def note_failure(purchase: CreditPurchase) -> None:
    """It was not paid; should money come after all, the charge still brings its credits."""
    CreditPurchase.objects.filter(pk=purchase.pk, status=Status.OPEN).update(status=Status.FAILED)
    purchase.status = Status.FAILED


def _intend(user: Any, pack: CreditPack, quantity: int, reference: UUID, way: str) -> CreditPurchase:
    _check(pack, quantity)
    customer = ensure_customer(user=user)
    _check_currency(pack, customer)
    terms = {
        "customer": customer,
        "pack": pack,
        "quantity": quantity,
        "credits": pack.credits * quantity,
        "amount": pack.amount * quantity,
        "currency": pack.currency,
        "way": way,
    }
    purchase, _ = CreditPurchase.objects.get_or_create(reference=reference, defaults=terms)
    if (purchase.customer_id, purchase.pack_id, purchase.quantity) != (customer.pk, pack.pk, quantity):
        raise NotForSale("This order was placed before with other contents. Please choose again.")
    return purchase


def _check(pack: CreditPack, quantity: int) -> None:
    if not 1 <= quantity <= MOST_PACKS:
        raise NotForSale(f"You can buy 1 to {MOST_PACKS} packs at a time.")
    if not pack.is_public or pack.archived_at:
        raise NotForSale("This pack is no longer on sale. Please choose another one.")
    if not pack.stripe_price_id:
        raise NotForSale("This pack is not on sale yet: we are still preparing it. Please come back later.")


def _check_currency(pack: CreditPack, customer: StripeCustomer) -> None:
    own = currency_choice(customer)
    if pack not in shop_for(own, asked=pack.currency).packs:
        raise NotForSale(
            f"This pack is sold in {pack.currency}, and you pay in {own.current}. Nothing was charged: "
            "choose one of those here."
        )


def _open_page(purchase: CreditPurchase) -> CreditPurchase:
    if purchase.url or purchase.status != Status.OPEN:
        return purchase
    site = settings.SITE_URL
    session = create_payment_page(
        customer_id=purchase.customer.stripe_id,
        price_id=purchase.pack.stripe_price_id,
        quantity=purchase.quantity,
        reference=str(purchase.reference),
        success_url=f"{site}{reverse('billing:credits_bought', args=[purchase.reference])}",
        cancel_url=f"{site}{reverse('billing:credits')}?cancelled=1&currency={purchase.currency}",
    )
    purchase.stripe_session_id = session.id
    purchase.url = session.url or ""
    purchase.save(update_fields=["stripe_session_id", "url"])
    return purchase
