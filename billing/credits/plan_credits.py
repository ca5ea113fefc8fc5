"""Credits that come with a plan: one lot for each paid line of an invoice, and what a change of plan moves.

Only ``reconcile_customer`` calls this, with the customer locked, and as often as it likes: a line gives once.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.db.models import Max, Q, Sum
from django.utils import timezone

from billing.catalog.models import PlanVersion, Price
from billing.credits.grants import Granted, Terms, grant, void
from billing.credits.models import CreditEntry, CreditLot
from billing.credits.reading import PaidLine
from billing.customers.models import StripeCustomer

Source = CreditLot.Source
Rollover = PlanVersion.Rollover
FINEST = Decimal("0.0001")
Periods = Mapping[str, tuple[datetime, datetime]]


def allocate(lines: Iterable[PaidLine], *, customer: StripeCustomer, periods: Periods) -> None:
    """Give what the paid ``lines`` say; ``periods`` are the present ones of the customer's subscriptions.

    A change of plan in mid-period takes the unused share of the old plan's credits and gives that share of
    the new one's, in the caller's transaction: the same proportion in which Stripe bills it.
    """
    versions, moved, given = _versions(lines), _moved(customer), _given(lines)
    for line in sorted(lines, key=lambda line: (line.start, line.amount)):
        version = versions.get(line.price_id)
        if (found := moved.get((line.subscription_id, line.price_id))) and line.start >= found[1]:
            version = found[0]
        if version is None or not version.credits_per_period or line.line_id in given:
            continue
        if line.amount < 0:
            _take_unused(line, version, customer, periods)
        else:
            _give(line, version, customer, periods)


def end_with_plan(*, customer: StripeCustomer, ended: Iterable[str]) -> None:
    """Take what was carried over from the periods of subscriptions that ended: it lasts as long as they."""
    for subscription_id in ended:
        lots = CreditLot.objects.filter(account__customer=customer, origin__startswith=f"{subscription_id}/")
        for lot in lots.filter(state=CreditLot.State.OPEN, expires_at=None):
            void(lot_id=lot.pk, key=f"ended-{subscription_id}-{lot.pk}", reason="The plan ended.")


def _versions(lines: Iterable[PaidLine]) -> dict[str, PlanVersion]:
    prices = Price.objects.filter(stripe_price_id__in={line.price_id for line in lines} - {""})
    return {price.stripe_price_id: price.version for price in prices.select_related("version__plan")}


def _moved(customer: StripeCustomer) -> dict[tuple[str, str], tuple[PlanVersion, datetime]]:
    """Subscriptions that an admin moved to another version than their price names, and since when.

    One that waits for the end of its period pays its new price from then on, and gets what that one names.
    """
    rows = customer.subscriptions.exclude(moved_version=None).exclude(moves__state="told")
    moved = rows.select_related("moved_version__plan", "moved_price")
    since = Max("moves__due_at", filter=Q(moves__state__in=["done", "kept"]))
    return {
        (row.stripe_id, row.moved_price.stripe_price_id): (row.moved_version, row.since)
        for row in moved.annotate(since=since)
        if row.moved_price and row.moved_version and row.since
    }


def _given(lines: Iterable[PaidLine]) -> set[str]:
    """The lines that gave their credits already: whatever their version says by now."""
    lots = CreditLot.objects.filter(
        source__in=[Source.PLAN, Source.TRIAL], source_ref__in=[line.line_id for line in lines]
    )
    return set(lots.values_list("source_ref", flat=True))


def _give(line: PaidLine, version: PlanVersion, customer: StripeCustomer, periods: Periods) -> None:
    carried_over = version.credits_rollover != Rollover.NONE
    amount = _share(line, version, periods)
    if not amount or (line.end <= timezone.now() and not carried_over):
        return
    terms = Terms(
        source=Source.TRIAL if line.amount == 0 else Source.PLAN,
        source_ref=line.line_id,
        effective_at=min(line.start, timezone.now()),  # Stripe's clock may be ahead of ours
        expires_at=None if carried_over and line.amount else line.end,
    )
    granted = grant(customer=customer, amount=amount, terms=terms, reason=f"Included in {version.plan.name}")
    CreditLot.objects.filter(pk=granted.lot_id).update(
        payment_intent=line.payment_intent, origin=f"{line.subscription_id}/{line.price_id}"
    )
    if version.credits_rollover == Rollover.CAPPED:
        _cap(line, version, customer, granted)


def _share(line: PaidLine, version: PlanVersion, periods: Periods) -> Decimal:
    """What a line is worth in credits: all for a whole period, else the share of what is left of it."""
    whole = version.credits_per_period * line.quantity
    if not line.is_proration:
        return whole
    start, end = periods.get(line.subscription_id, (line.start, line.start))
    if line.end != end:
        return Decimal(0)  # it is about a period that is over
    share = Decimal((line.end - line.start).total_seconds()) / Decimal((end - start).total_seconds())
    return (whole * min(share, Decimal(1))).quantize(FINEST, ROUND_DOWN)


def _take_unused(line: PaidLine, version: PlanVersion, customer: StripeCustomer, periods: Periods) -> None:
    begins = f"unused-{line.line_id}-"
    if CreditEntry.objects.filter(account__customer=customer, key__startswith=begins).exists():
        return
    left = _share(line, version, periods)
    lots = CreditLot.objects.filter(
        account__customer=customer,
        origin=f"{line.subscription_id}/{line.price_id}",
        effective_at__lte=line.start,
        state=CreditLot.State.OPEN,
    )
    for lot in lots.order_by("-effective_at", "-pk"):
        if not left:
            return
        left -= _void(lot, left, key=f"{begins}{lot.pk}", reason="The plan was changed.")


def _cap(line: PaidLine, version: PlanVersion, customer: StripeCustomer, granted: Granted) -> None:
    """When the next credits come, no more than the cap is carried over; the oldest go first."""
    if granted.replayed:
        return
    earlier = CreditLot.objects.filter(
        account__customer=customer,
        origin__startswith=f"{line.subscription_id}/",
        source=Source.PLAN,
        state=CreditLot.State.OPEN,
        effective_at__lt=line.start,
    ).exclude(pk=granted.lot_id)
    over = (earlier.aggregate(left=Sum("remaining"))["left"] or 0) - version.credits_cap
    for lot in earlier.order_by("effective_at", "pk"):
        if over <= 0:
            return
        over -= _void(lot, over, key=f"cap-{line.line_id}-{lot.pk}", reason="More than is carried over.")


def _void(lot: CreditLot, amount: Decimal, *, key: str, reason: str) -> Decimal:
    entry_id = void(lot_id=lot.pk, amount=amount, key=key, reason=reason)
    return -CreditEntry.objects.get(pk=entry_id).amount if entry_id else Decimal(0)
