"""Spends, sets aside and gives back credits: each is one round trip to a function of the database.

Whatever is refused raises a ``CreditsRefused`` and changes nothing. Whatever is asked for again with the same
key is done once and answered as before, so that a retry after a lost answer is always safe.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from billing.credits.amounts import (
    LONGEST_FEATURE,
    Amount,
    positive,
    usable_id,
    usable_key,
    usable_seconds,
    usable_words,
)
from billing.credits.errors import UnknownCustomer
from billing.credits.ledger import call, refuse
from billing.credits.payers import payer_of
from billing.credits.watching import tell_of_low_balance
from billing.customers.models import StripeCustomer

HOLD_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Spent:
    """A spend that is in the ledger; ``available`` is what can be spent after it."""

    entry_id: int
    amount: Decimal
    available: Decimal
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Credits set aside. They are captured, released, or given back by themselves when the time is over."""

    hold_id: int
    amount: Decimal
    available: Decimal
    replayed: bool = False


def spend(
    *,
    customer: Any,
    amount: Amount,
    key: str,
    reference: str = "",
    feature: str = "",
) -> Spent:
    """Spend ``amount`` credits, once per ``key``. ``reference`` says on what, ``feature`` which one.

    Raises ``InsufficientCredits``, ``AccountFrozen``, ``UnknownCustomer``, ``InvalidAmount``, ``InvalidKey``,
    or ``KeyReused`` where the key stands for another request.
    """
    payer, wanted = payer_of(customer), positive(amount)
    about = _about(feature, reference)
    outcome, entry_id, available, is_low = call(
        "spend", payer.pk, wanted, usable_key(key), *about, "spend", "", None
    )
    refuse_for(outcome, payer, wanted, available)
    if is_low:
        tell_of_low_balance(customer_id=payer.pk)
    return Spent(entry_id, wanted, available, outcome == "replayed")


def hold(
    *,
    customer: Any,
    amount: Amount,
    key: str,
    reference: str = "",
    feature: str = "",
    lasts: timedelta = HOLD_LASTS,
) -> Held:
    """Set ``amount`` aside for work that may fail, for as long as it ``lasts``; ``heartbeat`` prolongs that.

    The credits leave their lots now, so a capture cannot fail for want of credits, and an expiry in between
    takes nothing from the work. Raises as ``spend`` does, and ``InvalidSpan``.
    """
    payer, wanted = payer_of(customer), positive(amount)
    about = _about(feature, reference)
    outcome, hold_id, available, is_low = call(
        "hold", payer.pk, wanted, usable_key(key), *about, usable_seconds(lasts)
    )
    refuse_for(outcome, payer, wanted, available)
    if is_low:
        tell_of_low_balance(customer_id=payer.pk)
    return Held(hold_id, wanted, available, outcome == "replayed")


def capture(*, hold_id: int, amount: Amount | None = None) -> int:
    """Spend what was set aside, or ``amount`` of it, and give the rest back. Gives the entry's id.

    Raises ``HoldEnded``, ``MoreThanThereIs``, ``UnknownRecord``, or ``KeyReused`` where it was captured
    before with another amount.
    """
    outcome, entry_id = call("capture", usable_id(hold_id), None if amount is None else positive(amount))
    refuse(outcome)
    return int(entry_id)


def release(*, hold_id: int) -> None:
    """Give back what was set aside, to the lots it came from. Raises ``HoldEnded`` where it was spent."""
    refuse(call("release", usable_id(hold_id))[0])


def heartbeat(*, hold_id: int, lasts: timedelta = HOLD_LASTS) -> None:
    """The work goes on: the hold ends ``lasts`` from now, not earlier than before.

    Raises ``HoldEnded`` where it is over, ``UnknownRecord``, ``InvalidSpan``.
    """
    refuse(call("heartbeat", usable_id(hold_id), usable_seconds(lasts))[0])


def reverse(
    *,
    entry_id: int,
    key: str,
    amount: Amount | None = None,
    reason: str = "",
    by: Any = None,
) -> int:
    """Give back a spend, or ``amount`` of it, to the lots that paid; what ended meanwhile ends again.

    Gives the entry's id. Raises ``MoreThanThereIs`` beyond what was spent, ``UnknownRecord``, ``KeyReused``.
    """
    wanted = None if amount is None else positive(amount)
    outcome, reversal = call(
        "reverse", usable_id(entry_id), wanted, usable_key(key), usable_words(reason), by and by.pk
    )
    refuse(outcome)
    return int(reversal)


def refuse_for(outcome: str, payer: StripeCustomer, needed: Decimal, available: Decimal | None) -> None:
    """A payer who never had credits has no account yet: that is no unknown customer."""
    if outcome == "unknown":
        if not StripeCustomer.objects.filter(pk=payer.pk).exists():
            raise UnknownCustomer
        outcome = "insufficient"
    refuse(outcome, needed=needed, available=available)


def _about(feature: str, reference: str) -> tuple[str, str]:
    return usable_words(feature, longest=LONGEST_FEATURE), usable_words(reference)
