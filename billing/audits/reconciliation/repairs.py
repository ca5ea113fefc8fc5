"""What is done about a discrepancy. Everything here may be done twice."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from billing.audits.reconciliation.comparisons import BY_KIND
from billing.audits.reconciliation.differences import Difference
from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun
from billing.audits.reconciliation.stored import difference_of
from billing.customers.models import StripeCustomer
from billing.customers.services import link_stripe_customer
from billing.gateway.errors import StripeUnavailable
from billing.invoices.services import refresh_invoices
from billing.publishing.services import publish, request_publication
from billing.subscriptions.services import reconcile_customer

logger = logging.getLogger(__name__)

Remedy = Discrepancy.Remedy
Repairs = ReconciliationRun.Repairs
State = Discrepancy.State


def repair_group(differences: Sequence[Difference], allowed: str) -> list[Difference]:
    """Put right what is ``allowed`` of one customer's or plan's differences; gives what is left afterwards.

    A repair that fails leaves its difference for a person. Raises ``StripeUnavailable`` where Stripe is out
    of reach: then the same may be done again later.
    """
    remedies = {
        difference.remedy: difference for difference in differences if difference.remedy in ALLOWED[allowed]
    }
    if not remedies:
        return list(differences)
    for remedy, difference in remedies.items():
        try:
            REMEDIES[remedy](difference)
        except StripeUnavailable:
            raise
        except Exception:  # one customer's trouble must not keep the others from being put right
            logger.exception("The repair of %s did not work", difference.subject)
    left = {found.about for found in BY_KIND[differences[0].kind].again(differences)}
    return [difference for difference in differences if difference.about in left]


def repair(discrepancy: Discrepancy, *, by: Any = None) -> bool:
    """Do what is proposed about an open discrepancy; tells whether it is gone. Raises a ``StripeFailure``."""
    difference = difference_of(discrepancy)
    if discrepancy.remedy != Remedy.PERSON:
        REMEDIES[discrepancy.remedy](difference)
    is_gone = all(found.about != difference.about for found in BY_KIND[discrepancy.kind].again([difference]))
    if is_gone:
        _resolve(discrepancy, State.REPAIRED, by)
    return is_gone


def ignore(discrepancy: Discrepancy, *, by: Any) -> None:
    """Leave it as it is: it is not told again while both sides say what they say now."""
    _resolve(discrepancy, State.IGNORED, by)


def _resolve(discrepancy: Discrepancy, state: str, by: Any) -> None:
    Discrepancy.objects.filter(pk=discrepancy.pk, state=State.OPEN).update(
        state=state, resolved_at=timezone.now(), resolved_by=by
    )


def _reconcile(difference: Difference) -> None:
    if difference.customer_id:
        refresh_invoices(customer_id=difference.customer_id)
        reconcile_customer(customer_id=difference.customer_id)


def _link(difference: Difference) -> None:
    if difference.customer_id:
        link_stripe_customer(customer_id=difference.customer_id, stripe_id=difference.subject)
        reconcile_customer(customer_id=difference.customer_id)


def _learn_email(difference: Difference) -> None:
    theirs = "" if difference.at_stripe == "nothing" else difference.at_stripe
    StripeCustomer.objects.filter(stripe_id=difference.subject).update(stripe_email=theirs)


def _publish(difference: Difference) -> None:
    publish(publication=request_publication())


def _leave(difference: Difference) -> None:
    """Only somebody who knows what was meant can do anything."""


REMEDIES: dict[str, Callable[[Difference], None]] = {
    Remedy.RECONCILE: _reconcile,
    Remedy.LINK: _link,
    Remedy.LEARN_EMAIL: _learn_email,
    Remedy.PUBLISH: _publish,
    Remedy.PERSON: _leave,
}

ALLOWED: dict[str, frozenset[str]] = {
    Repairs.NOTHING: frozenset(),
    Repairs.OURS: frozenset({Remedy.RECONCILE, Remedy.LINK, Remedy.LEARN_EMAIL}),
    Repairs.EVERYTHING: frozenset(REMEDIES) - {Remedy.PERSON},
}
