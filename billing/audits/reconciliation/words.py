"""A run in words: for the command, the log and the mail to admins. Nobody's address is in them."""

from collections import Counter

from django.template.defaultfilters import pluralize

from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun

State = Discrepancy.State


def outcome(run: ReconciliationRun) -> tuple[int, int]:
    """How many differences the run put right, and how many it left open."""
    states = Counter(run.discrepancies.values_list("state", flat=True))
    return states[State.REPAIRED], states[State.OPEN]


def summary(run: ReconciliationRun) -> str:
    """What was compared, what differed, what is left to do."""
    repaired, left = outcome(run)
    if not repaired and not left:
        return f"{compared(run.compared)} agree with Stripe."
    found = repaired + left
    left_words = f"{left} {pluralize(left, 'is,are')} left for somebody" if left else "none is left"
    return (
        f"{found} difference{pluralize(found)} between this site and Stripe ({_kinds(run)}): "
        f"{repaired} {pluralize(repaired, 'was,were')} put right, {left_words}."
    )


def compared(counts: dict[str, int]) -> str:
    """How much was looked at."""
    customers, plans = counts.get("customer", 0), counts.get("subscription", 0)
    return f"{customers} customer{pluralize(customers)} and {plans} subscription{pluralize(plans)}"


def _kinds(run: ReconciliationRun) -> str:
    found = run.discrepancies.exclude(state=State.IGNORED).values_list("kind", flat=True)
    return ", ".join(f"{Discrepancy.Kind(kind).label}: {count}" for kind, count in Counter(found).items())
