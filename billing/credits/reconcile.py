"""Makes the ledger follow what Stripe says; ``reconcile_customer`` calls this with the customer locked."""

from collections.abc import Iterable

from billing.credits.plan_credits import Periods, allocate, end_with_plan
from billing.credits.purchases import settle_purchases
from billing.credits.reading import CreditReading
from billing.credits.refunds import follow_refunds
from billing.credits.reload import resume_with
from billing.customers.models import StripeCustomer


def apply_credits(
    reading: CreditReading,
    *,
    customer: StripeCustomer,
    periods: Periods,
    ended: Iterable[str],
    default_card: str,
) -> None:
    """Grant what was paid, take back what was refunded; safe to repeat, whatever came before."""
    allocate(reading.lines, customer=customer, periods=periods)
    end_with_plan(customer=customer, ended=ended)
    if reading.charges is not None:
        settle_purchases(reading.charges, customer=customer)
        follow_refunds(reading.charges, customer=customer)
    if default_card:
        resume_with(customer_id=customer.pk, card_id=default_card)
