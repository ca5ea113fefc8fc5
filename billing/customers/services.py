"""Who pays: one row per person, one customer at Stripe per row."""

import logging
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import DatabaseDefault

from billing.customers.mirror import mirror_customer
from billing.customers.models import StripeCustomer
from billing.gateway.customers import change_customer_email, create_customer

logger = logging.getLogger(__name__)

# To update nothing has the row come back that somebody else made in the same moment.
NEW = """
INSERT INTO billing_stripecustomer ({}) VALUES ({})
ON CONFLICT (user_id) DO UPDATE SET user_id = EXCLUDED.user_id
RETURNING *
"""


def ensure_customer(*, user: Any) -> StripeCustomer:
    """The payer of this person, known to Stripe; made at first need, once, whoever asks at the same time.

    The row comes first and its reference makes the idempotency key: two processes, or a retry after a crash,
    get the same customer from Stripe. Raises a ``StripeFailure`` where Stripe cannot make one.
    """
    customer = note_payer(user=user)
    return customer if customer.stripe_id else _introduce(customer)


def note_payer(*, user: Any) -> StripeCustomer:
    """The payer's row of this person, made if there is none; Stripe hears of it at the first purchase."""
    return StripeCustomer.objects.filter(user=user).first() or new_payer(user=user)


def new_payer(*, user: Any) -> StripeCustomer:
    """The row for somebody who had none a moment ago, whoever makes it first. One statement.

    What the database has a default of its own for is left to it.
    """
    payer = StripeCustomer(user=user, stripe_email=user.email)
    fields = [field for field in StripeCustomer._meta.concrete_fields if not field.primary_key]
    said = {field: field.pre_save(payer, True) for field in fields}
    said = {field: value for field, value in said.items() if not isinstance(value, DatabaseDefault)}
    sql = NEW.format(", ".join(str(field.column) for field in said), ", ".join(["%s"] * len(said)))
    values = [field.get_db_prep_save(value, connection) for field, value in said.items()]
    stored: StripeCustomer = StripeCustomer.objects.raw(sql, values)[0]
    stored.user = user
    return stored


def tell_stripe_email(*, customer_id: int) -> None:
    """Give Stripe the address that invoices go to, so that receipts reach them. Safe to repeat."""
    customer = StripeCustomer.objects.select_related("user").get(pk=customer_id)
    email = customer.billing_email
    if not customer.stripe_id or customer.stripe_email == email:
        return
    change_customer_email(customer_id=customer.stripe_id, email=email)
    StripeCustomer.objects.filter(pk=customer.pk).update(stripe_email=email)


def lock_customer(*, customer_id: int) -> StripeCustomer:
    """The row with its user, which nobody else changes or locks until the transaction ends.

    Rows about the customer can still be written. Were they not, a purchase that holds the credit account
    would wait for the customer, and whoever holds the customer for the account.
    """
    customers = StripeCustomer.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    return customers.get(pk=customer_id)


def number_read(*, customer_id: int) -> int:
    """The number of a read of Stripe that begins now: a later read has a higher one."""
    with transaction.atomic():
        customer = lock_customer(customer_id=customer_id)
        customer.reads_started += 1
        customer.save(update_fields=["reads_started"])
    return customer.reads_started


def follow_stripes_email(customer: StripeCustomer, *, told: str, known: str) -> None:
    """Note on the locked row an address that was changed at Stripe, as its portal lets customers do.

    ``known`` is what we believed when Stripe was asked: if that has changed meanwhile, the answer is too old.
    """
    if told in {"", customer.stripe_email} or known != customer.stripe_email:
        return
    customer.stripe_email = told
    customer.invoice_email = "" if told == customer.user.email else told


def forget_stripe_customer(customer: StripeCustomer) -> None:
    """Note on the locked row that the customer was deleted at Stripe: the next purchase makes a new one."""
    logger.warning("Customer %s was deleted at Stripe", customer.pk)
    customer.stripe_id = ""
    customer.stripe_email = customer.billing_email
    customer.djstripe_customer = None
    customer.generation += 1


def link_stripe_customer(*, customer_id: int, stripe_id: str) -> None:
    """Note who this payer is at Stripe, where nothing is noted: the answer was lost when they were made."""
    StripeCustomer.objects.filter(pk=customer_id, stripe_id="").update(stripe_id=stripe_id)


def _introduce(customer: StripeCustomer) -> StripeCustomer:
    at_stripe = create_customer(
        email=customer.stripe_email,
        reference=str(customer.reference),
        idempotency_key=f"customer-{customer.reference}-{customer.generation}",
    )
    with transaction.atomic():
        locked = lock_customer(customer_id=customer.pk)
        if not locked.stripe_id:
            locked.stripe_id = at_stripe.id
            locked.djstripe_customer = mirror_customer(at_stripe, user=customer.user)
            locked.save(update_fields=["stripe_id", "djstripe_customer"])
    if locked.stripe_email != customer.billing_email:
        tell_stripe_email(customer_id=locked.pk)
    return locked
