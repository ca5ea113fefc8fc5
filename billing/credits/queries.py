"""What an account has and why: none of these costs more as the ledger grows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Min, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from billing.credits.clock import moment
from billing.credits.errors import UnknownCustomer, UnknownRecord
from billing.credits.ledger import call
from billing.credits.models import CreditAccount, CreditEntry, CreditLot
from billing.credits.payers import payer_of

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """What somebody can spend now; ``expires_next`` of it end first, on the day of ``expires_at``."""

    available: Decimal = NOTHING
    held: Decimal = NOTHING
    debt: Decimal = NOTHING
    frozen: bool = False
    expires_next: Decimal = NOTHING
    expires_at: datetime | None = None

    @property
    def is_anything(self) -> bool:
        """Whether there is something to say about it."""
        return bool(self.available or self.held or self.debt or self.frozen)


@dataclass(frozen=True, slots=True)
class Part:
    """The share of one lot in an entry, and in words why it was that lot's turn."""

    amount: Decimal
    lot: CreditLot | None
    why: str


def account_of(who: Any) -> CreditAccount | None:
    """The account brought to the present, or ``None`` where there never were credits. One query as a rule."""
    try:
        payer = payer_of(who)
    except UnknownCustomer:
        return None
    account = CreditAccount.objects.filter(customer_id=payer.pk).first()
    if account and account.next_event_at and account.next_event_at <= (moment() or timezone.now()):
        call("refresh", payer.pk)
        account.refresh_from_db()
    return account


def balance(who: Any) -> Balance:
    """What this payer or user can spend. Two queries, whatever the number of entries."""
    return balance_of(account_of(who))


def balance_of(account: CreditAccount | None) -> Balance:
    """The balance of an account that ``account_of`` gave."""
    if account is None:
        return Balance()
    ending = open_lots(account).exclude(expires_at=None).annotate(day=TruncDate("expires_at"))
    days = ending.order_by("day").values("day").annotate(sum=Sum("remaining"), at=Min("expires_at"))
    first = days.first() or {}
    return Balance(
        available=account.available,
        held=account.held,
        debt=account.debt,
        frozen=account.frozen,
        expires_next=first.get("sum", NOTHING),
        expires_at=first.get("at"),
    )


def open_lots(account: CreditAccount) -> Any:
    """The lots that can be spent from, in the order in which they are."""
    order = ("priority", "expires_at", "-category", "effective_at", "id")
    return CreditLot.objects.filter(account=account, state=CreditLot.State.OPEN).order_by(*order)


def explain(entry_id: int, *, customer: Any = None) -> list[Part]:
    """Which lots an entry moved and why in this order. Raises ``UnknownRecord``, also for another's entry."""
    entries = CreditEntry.objects.filter(pk=entry_id)
    if customer is not None:
        entries = entries.filter(account__customer_id=payer_of(customer).pk)
    entry = entries.first()
    if entry is None:
        raise UnknownRecord
    rows = entry.allocations.select_related("lot").order_by("pk")
    return [Part(row.amount, row.lot, _why(row.lot)) for row in rows]


def _why(lot: CreditLot | None) -> str:
    if lot is None:
        return "It was used before a payment was refunded, so it was owed."
    begins = f"{lot.get_source_display()}, {lot.granted.normalize():,f} credits"
    if lot.expires_at:
        return f"{begins}: what ends first is used first, and these end on {lot.expires_at:%-d %B %Y}."
    return f"{begins}: they do not end, so they are used after those that do."


def who_paid(payment_intent: str) -> str:
    """The Stripe customer whose credits a payment bought; a dispute names the payment alone."""
    lots = CreditLot.objects.filter(payment_intent=payment_intent).exclude(payment_intent="")
    return lots.values_list("account__customer__stripe_id", flat=True).first() or ""
