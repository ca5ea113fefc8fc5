"""Compares what is sold: the catalog with the products and prices that Stripe has."""

from collections.abc import Sequence

from billing.audits.reconciliation.differences import Comparison, Difference, nothing_missing
from billing.audits.reconciliation.models import Discrepancy
from billing.gateway.pages import Page
from billing.publishing.changes import Action, Change
from billing.publishing.services import compare

KIND = Discrepancy.Kind.CATALOG


def read(_: str) -> Page[Change]:
    """Everything that publishing would change, as one page: there are few plans."""
    return Page(tuple(change for change in compare() if change.action != Action.NOTE), ())


def judge(changes: Sequence[Change]) -> list[Difference]:
    """Each change as a difference."""
    return [
        Difference(
            kind=KIND,
            subject=change.subject,
            field=f"{change.action} {change.row or change.target}".strip()[:60],
            ours="",
            at_stripe="",
            remedy=Discrepancy.Remedy.PUBLISH,
            proposal=f"{change.sentence.rstrip('.')}. Publish the plans to do it.",
        )
        for change in changes
    ]


def again(differences: Sequence[Difference]) -> list[Difference]:
    """What differs now."""
    return judge(read("").items)


CATALOG = Comparison(KIND, read, judge, nothing_missing, again)
