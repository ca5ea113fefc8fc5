"""How the whole ledger stands: what is outstanding, what ends soon, how fast it is used, what is odd."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from billing.credits.audit_model import CreditAudit
from billing.credits.models import CreditAccount, CreditEntry, CreditHold, CreditLot

WEEK = timedelta(days=7)
UNUSUAL = 10
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that somebody should look at, with the account."""

    email: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of the monitoring page, in credits."""

    available: Decimal
    held: Decimal
    debt: Decimal
    accounts: int
    paid: Decimal
    promotional: Decimal
    ending: Decimal
    spent_week: Decimal
    spent_week_before: Decimal
    weeks_left: Decimal | None
    days: list[tuple[date, Decimal, Decimal]]
    anomalies: list[Anomaly]
    audit: CreditAudit | None


def standing() -> Standing:
    """Everything at once; the number of queries does not grow with the ledger."""
    now = timezone.now()
    sums = CreditAccount.objects.aggregate(
        available=Sum("available"), held=Sum("held"), debt=Sum("debt"), accounts=Count("pk")
    )
    open_lots = CreditLot.objects.filter(state=CreditLot.State.OPEN)
    lots = open_lots.aggregate(
        paid=Sum("remaining", filter=Q(category=CreditLot.Category.PAID)),
        promotional=Sum("remaining", filter=Q(category=CreditLot.Category.PROMOTIONAL)),
        ending=Sum("remaining", filter=Q(expires_at__lte=now + WEEK)),
    )
    spent, before = _spent(since=now - WEEK, until=now), _spent(since=now - 2 * WEEK, until=now - WEEK)
    return Standing(
        **{name: value or NOTHING for name, value in (sums | lots).items() if name != "accounts"},
        accounts=sums["accounts"],
        spent_week=spent,
        spent_week_before=before,
        weeks_left=(sums["available"] or NOTHING) / spent if spent else None,
        days=_days(now - 2 * WEEK),
        anomalies=[*_frozen_or_owing(), *_suddenly_busy(), *_forgotten_holds()],
        audit=CreditAudit.objects.first(),
    )


def _spent(**span: object) -> Decimal:
    kinds = (CreditEntry.Kind.SPEND, CreditEntry.Kind.REVERSE)
    entries = CreditEntry.objects.filter(
        kind__in=kinds, created_at__gte=span["since"], created_at__lt=span["until"]
    )
    return -(entries.aggregate(sum=Sum("amount"))["sum"] or NOTHING)


def _days(since: object) -> list[tuple[date, Decimal, Decimal]]:
    """Per day: what came, what was spent."""
    rows = (
        CreditEntry.objects.filter(created_at__gte=since)
        .annotate(day=TruncDate("created_at"))
        .values("day")
        .order_by("-day")
        .annotate(
            came=Sum("amount", filter=Q(kind=CreditEntry.Kind.GRANT)),
            went=Sum("amount", filter=Q(kind__in=[CreditEntry.Kind.SPEND, CreditEntry.Kind.REVERSE])),
        )
    )
    return [(row["day"], row["came"] or NOTHING, -(row["went"] or NOTHING)) for row in rows]


def _frozen_or_owing() -> list[Anomaly]:
    accounts = CreditAccount.objects.filter(Q(debt__gt=0) | ~Q(frozen_at=None)).order_by("-debt")
    return [
        Anomaly(
            account.customer.user.email,
            "Frozen: a payment is disputed."
            if account.frozen
            else f"Owes {account.debt.normalize():f} credits.",
        )
        for account in accounts.select_related("customer__user")[:UNUSUAL]
    ]


def _suddenly_busy() -> list[Anomaly]:
    """Who spent ten times as much in a day as on the average of the week before, and more than a little."""
    now = timezone.now()
    day, week = now - timedelta(days=1), now - timedelta(days=8)
    spends = Q(entries__kind=CreditEntry.Kind.SPEND)
    accounts = (
        CreditAccount.objects.filter(spends, entries__created_at__gte=week)
        .annotate(
            today=-Sum("entries__amount", filter=Q(entries__created_at__gte=day)),
            before=-Sum("entries__amount", filter=Q(entries__created_at__lt=day)),
        )
        .filter(today__gt=100, before__gt=0)
        .filter(today__gt=F("before") * UNUSUAL / 7)
        .select_related("customer__user")
    )
    return [
        Anomaly(
            account.customer.user.email,
            f"Spent {account.today.normalize():f} credits in a day, many times as much as before.",
        )
        for account in accounts[:UNUSUAL]
    ]


def _forgotten_holds() -> list[Anomaly]:
    """Holds that lasted a day: work that neither ended nor failed."""
    old = CreditHold.objects.filter(
        state=CreditHold.State.OPEN, created_at__lt=timezone.now() - timedelta(days=1)
    )
    return [
        Anomaly(
            hold.account.customer.user.email,
            f"{hold.amount.normalize():f} credits are held since {hold.created_at:%-d %B}"
            f" for {hold.reference or hold.key}.",
        )
        for hold in old.select_related("account__customer__user")[:UNUSUAL]
    ]
