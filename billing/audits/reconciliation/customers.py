"""Compares who pays: every payer of ours is a customer at Stripe, and the other way round."""

from collections.abc import Iterator, Sequence

import stripe

from billing.audits.reconciliation.differences import Comparison, Difference, Seen, as_text
from billing.audits.reconciliation.models import Discrepancy
from billing.customers.models import StripeCustomer
from billing.gateway.customers import retrieve_customer
from billing.gateway.errors import MissingAtStripe
from billing.gateway.pages import page_of_customers

KIND = Discrepancy.Kind.CUSTOMER
Remedy = Discrepancy.Remedy


class WrongAccount(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Stripe knows none of our customers: the key must be another account's."""

    sentence = (
        "Stripe knows none of our customers: the secret key seems to belong to another account. "
        "Nothing was changed. Set the right key and run it again."
    )

    def __init__(self) -> None:
        super().__init__(self.sentence)


def judge(customers: Sequence[stripe.Customer]) -> list[Difference]:
    """What differs about these customers of Stripe's; those that other software made are left alone."""
    rows = {row.stripe_id: row for row in _rows_of(customers)}
    unlinked = _unlinked(_reference(one) for one in customers if one.id not in rows)
    found = []
    for one in customers:
        if one.id in rows:
            found += _compare(rows[one.id], one)
        elif _reference(one) in unlinked:
            found.append(_unlinked_customer(unlinked[_reference(one)], one))
    return found


def missing(seen: Seen) -> Iterator[Difference]:
    """The payers that Stripe never showed; each is asked about, as it may have been made meanwhile.

    Raises ``WrongAccount`` where it showed none of ours.
    """
    rows = StripeCustomer.objects.exclude(stripe_id="").filter(created_at__lt=seen.started_at).order_by("pk")
    for number, row in enumerate(seen.unseen(KIND, rows)):
        if number == 0 and _nobody_was_shown(seen, rows.count()):
            raise WrongAccount
        yield from _look_at(row)


def again(differences: Sequence[Difference]) -> list[Difference]:
    """What differs now about the customer that these are about."""
    row = StripeCustomer.objects.get(pk=differences[0].customer_id or 0)
    if row.stripe_id:
        return _look_at(row)
    try:
        at_stripe = retrieve_customer(customer_id=differences[0].subject)
    except MissingAtStripe:
        return []
    return [] if _is_deleted(at_stripe) else [_unlinked_customer(row, at_stripe)]


def _rows_of(customers: Sequence[stripe.Customer]) -> Iterator[StripeCustomer]:
    yield from StripeCustomer.objects.filter(stripe_id__in=[one.id for one in customers])


def _reference(customer: stripe.Customer) -> str:
    metadata = customer.metadata.to_dict() if customer.metadata else {}
    return str(metadata.get("reference", ""))


def _unlinked(references: Iterator[str]) -> dict[str, StripeCustomer]:
    known = [reference for reference in references if len(reference) == 36]
    rows = StripeCustomer.objects.filter(stripe_id="", reference__in=known) if known else ()
    return {str(row.reference): row for row in rows}


def _nobody_was_shown(seen: Seen, total: int) -> bool:
    rows = StripeCustomer.objects.exclude(stripe_id="").filter(created_at__lt=seen.started_at)
    return total > 1 and sum(1 for _ in seen.unseen(KIND, rows)) == total


def _look_at(row: StripeCustomer) -> list[Difference]:
    try:
        at_stripe = retrieve_customer(customer_id=row.stripe_id)
    except MissingAtStripe:
        words = "Stripe has never heard of this customer. Look where the id came from; nobody loses a plan."
        return [_gone(row, "missing", Remedy.PERSON, words)]
    if _is_deleted(at_stripe):
        words = "End the customer's plans here; their next purchase makes a new customer."
        return [_gone(row, "deleted", Remedy.RECONCILE, words)]
    return _compare(row, at_stripe)


def _is_deleted(customer: stripe.Customer) -> bool:
    return bool(getattr(customer, "deleted", False))


def _gone(row: StripeCustomer, at_stripe: str, remedy: str, words: str) -> Difference:
    return Difference(KIND, row.stripe_id, "stripe_id", row.stripe_id, at_stripe, remedy, words, row.pk)


def _compare(row: StripeCustomer, at_stripe: stripe.Customer) -> list[Difference]:
    if row.stripe_email == (at_stripe.email or ""):
        return []
    ours, theirs = as_text(row.stripe_email), as_text(at_stripe.email)
    words = "Note the address that receipts go to."
    return [Difference(KIND, at_stripe.id, "email", ours, theirs, Remedy.LEARN_EMAIL, words, row.pk)]


def _unlinked_customer(row: StripeCustomer, at_stripe: stripe.Customer) -> Difference:
    words = "Link this customer of Stripe's: it was made for the person, and the answer was lost."
    return Difference(KIND, at_stripe.id, "stripe_id", "nothing", at_stripe.id, Remedy.LINK, words, row.pk)


CUSTOMERS = Comparison(KIND, page_of_customers, judge, missing, again)
