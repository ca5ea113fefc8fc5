"""Calls the database's functions, each in one round trip, and turns what they refuse into exceptions."""

from decimal import Decimal
from typing import Any

from django.db import connection

from billing.credits.clock import moment
from billing.credits.errors import (
    AccountFrozen,
    AccountFull,
    CreditsRefused,
    HoldEnded,
    InsufficientCredits,
    InvalidTerms,
    KeyReused,
    MoreThanThereIs,
    UnknownRecord,
)

REFUSALS: dict[str, type[CreditsRefused]] = {
    "unknown": UnknownRecord,
    "frozen": AccountFrozen,
    "reused": KeyReused,
    "ended": HoldEnded,
    "over": MoreThanThereIs,
    "backwards": InvalidTerms,
    "full": AccountFull,
}


def call(function: str, *arguments: Any) -> tuple[Any, ...]:
    """The one row that ``billing_credits_<function>`` answers with; its first column is the outcome.

    Each takes the moment it is for as its last argument.
    """
    places = ", ".join(["%s"] * (len(arguments) + 1))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM billing_credits_{function}({places})", (*arguments, moment()))  # noqa: S608
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def refuse(outcome: str, *, needed: Decimal = Decimal(0), available: Decimal | None = None) -> None:
    """Raise what ``outcome`` stands for; "done", "replayed" and "nothing" are no refusals."""
    if outcome == "insufficient":
        raise InsufficientCredits(needed=needed, available=available or Decimal(0))
    if outcome in REFUSALS:
        raise REFUSALS[outcome]
