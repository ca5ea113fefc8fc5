"""What was bought is granted when it is paid, once, whoever brings the news first."""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from billing.credits.grants import Terms, grant
from billing.credits.models import CreditLot
from billing.credits.purchase_models import CreditPurchase
from billing.credits.reading import ChargeFacts
from billing.credits.telling import tell_bought
from billing.customers.models import StripeCustomer
from billing.notices.alerts import raise_alert

logger = logging.getLogger(__name__)

Status = CreditPurchase.Status


def settle_purchases(charges: Iterable[ChargeFacts], *, customer: StripeCustomer) -> None:
    """Grant what the ``charges`` paid for. A purchase that was given up and paid after all is granted too."""
    for charge in charges:
        if charge.succeeded and charge.purchase:
            _settle(charge, customer)


def _settle(charge: ChargeFacts, customer: StripeCustomer) -> None:
    purchase = _purchase(charge.purchase, customer)
    if purchase is None or purchase.status == Status.PAID:
        return
    if (charge.amount, charge.currency) != (purchase.amount, purchase.currency):
        raise_alert(
            rule="credits_paid_otherwise",
            subject=charge.charge_id,
            sentence=f"Charge {charge.charge_id} is for credit purchase {purchase.pk}, but not its price. "
            "Nothing was granted: refund it at Stripe, or grant the credits by hand.",
        )
        return
    terms = Terms(source=CreditLot.Source.PURCHASE, source_ref=str(purchase.reference))
    granted = grant(
        customer=customer, amount=purchase.credits, terms=terms, reason=f"Bought: {purchase.pack}"
    )
    CreditLot.objects.filter(pk=granted.lot_id).update(payment_intent=charge.payment_intent)
    purchase.status = Status.PAID
    purchase.paid_at = timezone.now()
    purchase.stripe_payment_intent_id = charge.payment_intent
    purchase.receipt_url = charge.receipt_url
    purchase.save(update_fields=["status", "paid_at", "stripe_payment_intent_id", "receipt_url"])
    if purchase.way != CreditPurchase.Way.RELOAD:
        tell_bought(purchase)
    logger.info("Credit purchase %s was paid", purchase.pk)


def _purchase(reference: str, customer: StripeCustomer) -> CreditPurchase | None:
    """The intent that a charge names; anybody with our key at Stripe can write anything there."""
    try:
        return CreditPurchase.objects.filter(customer=customer, reference=UUID(reference)).first()
    except ValueError:
        return None
