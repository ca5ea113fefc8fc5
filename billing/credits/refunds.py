"""Money that goes back takes its credits along; while a bank decides, nothing is spent."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal

from billing.credits.grants import freeze, unfreeze, void
from billing.credits.models import CreditAccount, CreditEntry, CreditLot
from billing.credits.reading import ChargeFacts
from billing.customers.models import StripeCustomer
from billing.notices.alerts import close_alert, raise_alert

DISPUTED = "credits_disputed"
OWED = "credits_owed"
FINEST = Decimal("0.0001")


def follow_refunds(charges: Iterable[ChargeFacts], *, customer: StripeCustomer) -> None:
    """Take back what refunds and lost disputes paid for; freeze while a dispute is open, else open again."""
    lots = CreditLot.objects.filter(account__customer=customer).exclude(payment_intent="")
    paid_by = {intent: [lot for lot in lots if lot.payment_intent == intent] for intent in _intents(lots)}
    about_credits = [charge for charge in charges if charge.payment_intent in paid_by]
    for charge in about_credits:
        for lot in paid_by[charge.payment_intent]:
            _take_back(charge, lot)
    _follow_disputes(about_credits, customer)
    _tell_of_debt(customer)


def _intents(lots: Iterable[CreditLot]) -> set[str]:
    return {lot.payment_intent for lot in lots}


def _take_back(charge: ChargeFacts, lot: CreditLot) -> None:
    refunded = charge.amount if charge.is_lost else charge.refunded
    wanted = (lot.granted * refunded / charge.amount).quantize(FINEST, ROUND_DOWN) if refunded else Decimal(0)
    begins = f"refund-{charge.charge_id}-"
    key = f"{begins}{refunded}-{lot.pk}"
    earlier = dict(CreditEntry.objects.filter(lot=lot, key__startswith=begins).values_list("key", "amount"))
    wanted += sum(earlier.values())
    if wanted > 0 and key not in earlier:
        reason = "A bank took the payment back." if charge.is_lost else "The payment was refunded."
        void(lot_id=lot.pk, amount=wanted, key=key, owing=True, reason=reason)


def _follow_disputes(charges: list[ChargeFacts], customer: StripeCustomer) -> None:
    is_open = [charge for charge in charges if charge.is_disputed]
    if is_open:
        freeze(customer_id=customer.pk)
    else:
        unfreeze(customer_id=customer.pk)
    for charge in charges:
        if charge.is_disputed:
            raise_alert(
                rule=DISPUTED,
                subject=charge.charge_id,
                sentence=f"{customer.user.email} disputes a payment for credits ({charge.charge_id}). Their "
                "credits rest until it is settled: hand in evidence at Stripe before it is due.",
            )
        elif charge.disputes:
            close_alert(rule=DISPUTED, subject=charge.charge_id)


def _tell_of_debt(customer: StripeCustomer) -> None:
    debt = CreditAccount.objects.filter(customer=customer).values_list("debt", flat=True).first()
    if debt:
        raise_alert(
            rule=OWED,
            subject=str(customer.pk),
            sentence=f"{customer.user.email} owes {debt.normalize():f} credits: they were spent and their "
            "payment was refunded. The next credits pay it; look at what they were spent on.",
        )
    elif debt is not None:
        close_alert(rule=OWED, subject=str(customer.pk))
