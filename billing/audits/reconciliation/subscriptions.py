"""Compares which plan everybody has: our projection with Stripe's truth, field by field."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import stripe
from django.db.models import QuerySet

from billing.audits.reconciliation.differences import (
    Comparison,
    Difference,
    Seen,
    as_text,
    fields_that_differ,
)
from billing.audits.reconciliation.models import Discrepancy
from billing.catalog.models import Price
from billing.customers.models import StripeCustomer
from billing.gateway.errors import MissingAtStripe
from billing.gateway.pages import page_of_subscriptions
from billing.gateway.subscriptions import list_subscriptions
from billing.subscriptions.facts import SubscriptionFacts, facts_of
from billing.subscriptions.models import Subscription
from billing.subscriptions.projection import ENDED

KIND = Discrepancy.Kind.SUBSCRIPTION
Remedy = Discrepancy.Remedy

READ_AGAIN = "Read the customer's subscriptions from Stripe again."
PRICE_UNKNOWN = "Its price is not in the catalog: add it there, or change the subscription at Stripe."
NOBODYS = "Nobody here is this customer of Stripe's: find out who sold the plan, and to whom."


def judge(subscriptions: Sequence[stripe.Subscription]) -> list[Difference]:
    """What differs about these subscriptions of Stripe's; those of other software are left alone."""
    customers = StripeCustomer.objects.filter(stripe_id__in={_payer(one) for one in subscriptions})
    known = {row.stripe_id: row for row in customers}
    ids = [one.id for one in subscriptions]
    rows = {row.stripe_id: row for row in _rows().filter(stripe_id__in=ids)}
    told = [(facts_of(one), known.get(_payer(one)), _payer(one)) for one in subscriptions]
    sold = _sold({price_id for fact, _, _ in told for price_id in fact.price_ids})
    found: list[Difference] = []
    for fact, customer, payer in told:
        row = rows.get(fact.stripe_id)
        if customer:
            found += _compare(customer.pk, row, fact, sold)
        elif row is None and fact.status not in ENDED and sold.intersection(fact.price_ids):
            found.append(_of_nobody(fact.stripe_id, payer))
    return found


def missing(seen: Seen) -> Iterator[Difference]:
    """Our living rows that Stripe never showed, though it shows ended subscriptions too."""
    rows = _rows().exclude(status__in=ENDED).filter(last_synced_at__lt=seen.started_at).order_by("pk")
    for row in seen.unseen(KIND, rows):
        yield _vanished(row)


def again(differences: Sequence[Difference]) -> list[Difference]:
    """What differs now about the subscriptions of the customer that these are about."""
    first = differences[0]
    if first.customer_id is None:
        known = StripeCustomer.objects.filter(stripe_id=first.at_stripe).exists()
        return [] if known else list(differences)
    customer = StripeCustomer.objects.get(pk=first.customer_id)
    return compare_customer(customer) if customer.stripe_id else []


def compare_customer(customer: StripeCustomer) -> list[Difference]:
    """What differs between this customer's rows and Stripe now: one call."""
    rows = {row.stripe_id: row for row in _rows().filter(customer=customer)}
    told = _told(customer)
    sold = _sold({price_id for fact in told for price_id in fact.price_ids})
    found: list[Difference] = []
    for fact in told:
        found += _compare(customer.pk, rows.pop(fact.stripe_id, None), fact, sold)
    return found + [_vanished(row) for row in rows.values() if row.status not in ENDED]


def _rows() -> QuerySet[Subscription]:
    return Subscription.objects.select_related("price")


def _told(customer: StripeCustomer) -> list[SubscriptionFacts]:
    try:
        return [facts_of(subscription) for subscription in list_subscriptions(customer_id=customer.stripe_id)]
    except MissingAtStripe:
        return []


def _payer(subscription: stripe.Subscription) -> str:
    customer = subscription.customer
    return customer if isinstance(customer, str) else customer.id


def _sold(price_ids: set[str]) -> set[str]:
    return set(Price.objects.filter(stripe_price_id__in=price_ids).values_list("stripe_price_id", flat=True))


def _compare(
    customer_id: int, row: Subscription | None, fact: SubscriptionFacts, sold: set[str]
) -> Iterator[Difference]:
    is_ours = bool(sold.intersection(fact.price_ids))
    if row is None:
        if is_ours or fact.status not in ENDED:
            yield _difference(customer_id, fact.stripe_id, ("status", "missing", fact.status), is_ours)
        return
    told = asdict(fact)
    price_ids = told.pop("price_ids")
    for field in fields_that_differ(row, told):
        yield _difference(customer_id, fact.stripe_id, field, True)
    if row.price.stripe_price_id not in price_ids:
        prices = ("price", row.price.stripe_price_id, as_text(", ".join(price_ids)))
        yield _difference(customer_id, fact.stripe_id, prices, is_ours)


def _difference(
    customer_id: int, stripe_id: str, words: tuple[str, str, str], can_be_read: bool
) -> Difference:
    remedy, proposal = (Remedy.RECONCILE, READ_AGAIN) if can_be_read else (Remedy.PERSON, PRICE_UNKNOWN)
    return Difference(KIND, stripe_id, *words, remedy, proposal, customer_id)


def _vanished(row: Subscription) -> Difference:
    return _difference(row.customer_id, row.stripe_id, ("status", row.status, "missing"), True)


def _of_nobody(stripe_id: str, payer: str) -> Difference:
    return Difference(KIND, stripe_id, "customer", "missing", payer, Remedy.PERSON, NOBODYS)


SUBSCRIPTIONS = Comparison(KIND, page_of_subscriptions, judge, missing, again)
