"""How credits come, and how they are taken back: by plans, purchases, gifts and admins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.credits.amounts import Amount, positive, usable_id, usable_key, usable_priority, usable_words
from billing.credits.errors import InvalidSource
from billing.credits.ledger import call, refuse
from billing.credits.models import CreditAccount, CreditLot
from billing.credits.payers import payer_of
from billing.credits.services import Spent, refuse_for

Source = CreditLot.Source
Category = CreditLot.Category

# Paid for in one way or another; the others were given, and go first among lots that end together.
PAID = frozenset({Source.PLAN, Source.PURCHASE, Source.ROLLOVER})


@dataclass(frozen=True, slots=True)
class Granted:
    """A lot that is in the ledger; ``replayed``: it was there already."""

    lot_id: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Where credits come from, and that they last from ``effective_at`` (now) to ``expires_at`` (for ever).

    ``source_ref`` names them within their ``source``; lots of lower ``priority`` are used first.
    """

    source: str
    source_ref: str
    priority: int = 0
    effective_at: datetime | None = None
    expires_at: datetime | None = None


@transaction.atomic
def grant(*, customer: Any, amount: Amount, terms: Terms, reason: str = "", by: Any = None) -> Granted:
    """Give ``amount`` credits, once per source and reference, whoever brings the news and how often.

    Debt is paid out of them first. Whoever never had credits gets an account with them, and none where they
    are refused. Raises ``UnknownCustomer``, ``InvalidAmount``, ``InvalidKey``, ``InvalidSource``,
    ``InvalidPriority``, ``InvalidTerms``, ``AccountFull``, and ``KeyReused`` where that source gave something
    else, or gave it to somebody else.
    """
    payer, wanted, source = payer_of(customer), positive(amount), _source(terms.source)
    category = Category.PAID if source in PAID else Category.PROMOTIONAL
    origin = (source, usable_key(terms.source_ref), category, usable_priority(terms.priority))
    outcome, lot_id = call(
        "grant",
        payer.pk,
        wanted,
        *origin,
        terms.effective_at,
        terms.expires_at,
        usable_words(reason),
        by and by.pk,
    )
    if outcome == "unknown":
        refuse_for(outcome, payer, wanted, None)
    refuse(outcome)
    return Granted(lot_id, outcome == "replayed")


def _source(name: str) -> Source:
    if name not in Source.values:
        raise InvalidSource(name)
    return Source(name)


def void(
    *,
    lot_id: int,
    key: str,
    amount: Amount | None = None,
    owing: bool = False,
    reason: str = "",
    by: Any = None,
) -> int | None:
    """Take back what is left of a lot, up to ``amount``; ``owing``: what was spent of it becomes debt.

    Gives the entry's id, or ``None`` where nothing was left to take. Raises ``UnknownRecord``,
    ``InvalidAmount``, ``InvalidKey``, and ``KeyReused`` where the key stands for another lot, amount or way.
    """
    wanted = None if amount is None else positive(amount)
    outcome, entry = call(
        "void", usable_id(lot_id), wanted, owing, usable_key(key), usable_words(reason), by and by.pk
    )
    refuse(outcome)
    return entry  # type: ignore[no-any-return]


def take_back(*, customer: Any, amount: Amount, key: str, reason: str, by: Any) -> Spent:
    """Correct a balance downward: a new entry, with its reason. Raises as ``spend`` does."""
    payer, wanted = payer_of(customer), positive(amount)
    outcome, entry_id, available, _ = call(
        "spend", payer.pk, wanted, usable_key(key), "", "", "correct", usable_words(reason), by and by.pk
    )
    refuse_for(outcome, payer, wanted, available)
    return Spent(entry_id, wanted, available, outcome == "replayed")


def freeze(*, customer_id: int) -> None:
    """Let nothing more be spent; what is held may still be captured. Safe to repeat."""
    CreditAccount.objects.filter(customer_id=customer_id, frozen_at=None).update(frozen_at=timezone.now())


def unfreeze(*, customer_id: int) -> None:
    """Open the account again."""
    CreditAccount.objects.filter(customer_id=customer_id).update(frozen_at=None)
