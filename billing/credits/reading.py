"""What Stripe says about a customer's credits: what was paid, refunded and disputed. Pure translation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe

from billing.catalog.models import Price
from billing.credits.models import CreditLot
from billing.credits.purchase_models import CreditPurchase
from billing.customers.models import StripeCustomer
from billing.gateway.payments import disputes_of, latest_charges, latest_paid_invoices

LOST = "lost"
SETTLED = frozenset({"won", LOST, "warning_closed", "prevented"})


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One paid line for a subscription. ``amount``: minor units, below zero for what is not used."""

    line_id: str
    subscription_id: str
    price_id: str
    quantity: int
    amount: int
    is_proration: bool
    start: datetime
    end: datetime
    payment_intent: str


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """One charge. ``purchase`` is the reference of our intent, where the charge is for credits."""

    charge_id: str
    payment_intent: str
    purchase: str
    amount: int
    refunded: int
    currency: str
    succeeded: bool
    receipt_url: str
    disputes: tuple[tuple[str, str], ...] = ()

    @property
    def is_disputed(self) -> bool:
        """Whether a bank has not decided yet."""
        return any(status not in SETTLED for _, status in self.disputes)

    @property
    def is_lost(self) -> bool:
        """Whether a bank took the money back for good."""
        return any(status == LOST for _, status in self.disputes)


@dataclass(frozen=True, slots=True)
class CreditReading:
    """What was read; ``charges`` is ``None`` where nothing of this customer's could be refunded or bought."""

    lines: tuple[PaidLine, ...] = ()
    charges: tuple[ChargeFacts, ...] | None = None


def read_credits(
    *, customer: StripeCustomer, price_ids: Iterable[str], has_moved: bool = False
) -> CreditReading:
    """Ask Stripe, one call for plans that include credits and one for whoever paid or pays for some.

    Raises a ``StripeFailure``. ``price_ids`` are the prices of the customer's subscriptions. One that
    ``has_moved`` since we last looked may have had another price meanwhile, and a paid period with it.
    """
    with_credits = Price.objects.filter(version__credits_per_period__gt=0)
    if not has_moved:
        with_credits = with_credits.filter(stripe_price_id__in=price_ids)
    includes = with_credits.exists() or _had_plan_credits(customer) or _was_moved_to_credits(customer)
    lines = _lines(customer) if includes else ()
    charges = read_charges(customer) if lines or _has_purchases(customer) else None
    return CreditReading(lines, charges)


def _had_plan_credits(customer: StripeCustomer) -> bool:
    return CreditLot.objects.filter(account__customer=customer, source=CreditLot.Source.PLAN).exists()


def _was_moved_to_credits(customer: StripeCustomer) -> bool:
    """Whether an admin moved them to a version with credits, though their price names one without."""
    return customer.subscriptions.filter(moved_version__credits_per_period__gt=0).exists()


def _has_purchases(customer: StripeCustomer) -> bool:
    return CreditPurchase.objects.filter(customer=customer).exists()


def _lines(customer: StripeCustomer) -> tuple[PaidLine, ...]:
    invoices = latest_paid_invoices(customer_id=customer.stripe_id)
    return tuple(line for invoice in invoices for line in lines_of(invoice))


def lines_of(invoice: stripe.Invoice) -> list[PaidLine]:
    """The lines for subscriptions; since API version 2025-03-31 they name them in ``parent``."""
    told: dict[str, Any] = invoice.to_dict()
    intent = _payment_intent(told)
    return [_line(line, intent) for line in told["lines"]["data"] if _subscription_details(line)]


def _subscription_details(line: dict[str, Any]) -> dict[str, Any]:
    parent: dict[str, Any] = line.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return details if details.get("subscription") else {}


def _line(line: dict[str, Any], intent: str) -> PaidLine:
    details = _subscription_details(line)
    return PaidLine(
        line_id=line["id"],
        subscription_id=details["subscription"],
        price_id=((line.get("pricing") or {}).get("price_details") or {}).get("price") or "",
        quantity=line.get("quantity") or 1,
        amount=line["amount"],
        is_proration=bool(details.get("proration")),
        start=datetime.fromtimestamp(line["period"]["start"], tz=UTC),
        end=datetime.fromtimestamp(line["period"]["end"], tz=UTC),
        payment_intent=intent,
    )


def _payment_intent(invoice: dict[str, Any]) -> str:
    payments = (invoice.get("payments") or {}).get("data") or []
    intents = [
        payment["payment"].get("payment_intent") for payment in payments if payment["status"] == "paid"
    ]
    return next((intent for intent in intents if isinstance(intent, str)), "")


def read_charges(customer: StripeCustomer) -> tuple[ChargeFacts, ...]:
    """What the customer paid, newest first: one call, and one more for each charge that was disputed."""
    return tuple(_charge(charge) for charge in latest_charges(customer_id=customer.stripe_id))


def _charge(charge: stripe.Charge) -> ChargeFacts:
    told: dict[str, Any] = charge.to_dict()
    disputes = disputes_of(charge_id=charge.id) if told["disputed"] else []
    return ChargeFacts(
        charge_id=told["id"],
        payment_intent=told.get("payment_intent") or "",
        purchase=(told.get("metadata") or {}).get("credit_purchase", ""),
        amount=told["amount"],
        refunded=told["amount_refunded"],
        currency=told["currency"].upper(),
        succeeded=told["status"] == "succeeded" and bool(told["paid"]),
        receipt_url=told.get("receipt_url") or "",
        disputes=tuple((dispute.id, dispute.status) for dispute in disputes),
    )
