"""What cannot be is refused in words, whichever verb is asked for it, and changes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from billing.credits.amounts import LARGEST
from billing.credits.clock import at
from billing.credits.errors import (
    AccountFull,
    InvalidAmount,
    InvalidKey,
    InvalidSpan,
    InvalidTerms,
    UnknownCustomer,
)
from billing.credits.grants import Terms, grant, take_back, void
from billing.credits.models import CreditAccount, CreditEntry, CreditHold, CreditLot
from billing.credits.queries import balance
from billing.credits.services import capture, heartbeat, hold, reverse, spend

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)

HOSTILE = [0, -1, "0.00001", "1e20", "NaN", "sNaN", "-Infinity", "", "ten", 0.5, True, "1" * 10_000]


@pytest.fixture
def everything(payer, give):
    """One of each that can be asked about; gives each verb with what it needs but for the amount."""
    lot = give(10).lot_id
    spent = spend(customer=payer, amount=2, key="spent").entry_id
    held = hold(customer=payer, amount=3, key="held").hold_id
    by = payer.user
    return {
        "spend": lambda amount: spend(customer=payer, amount=amount, key="k"),
        "hold": lambda amount: hold(customer=payer, amount=amount, key="k"),
        "capture": lambda amount: capture(hold_id=held, amount=amount),
        "reverse": lambda amount: reverse(entry_id=spent, amount=amount, key="k"),
        "grant": lambda amount: grant(customer=payer, amount=amount, terms=Terms("admin", "k")),
        "void": lambda amount: void(lot_id=lot, amount=amount, key="k"),
        "take back": lambda amount: take_back(customer=payer, amount=amount, key="k", reason="r", by=by),
    }


def everything_there_is():
    tables = CreditAccount, CreditLot, CreditEntry, CreditHold
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("verb", ["spend", "hold", "capture", "reverse", "grant", "void", "take back"])
def test_no_verb_takes_what_is_no_amount(everything, verb):
    before = everything_there_is()
    for amount in HOSTILE:
        with pytest.raises(InvalidAmount):
            everything[verb](amount)
    assert everything_there_is() == before


def test_credits_cannot_end_before_they_begin(payer, give, noon):
    for terms in ({"expires_at": noon}, {"effective_at": noon + 2 * HOUR, "expires_at": noon + HOUR}):
        with transaction.atomic(), pytest.raises(InvalidTerms):
            give(5, **terms)
    assert not CreditLot.objects.exists()


def test_a_grant_that_is_there_is_answered_after_its_end_too(payer, give, noon):
    first = give(5, source_ref="gift", expires_at=noon + HOUR)
    with at(noon + 2 * HOUR):
        assert give(5, source_ref="gift", expires_at=noon + HOUR).lot_id == first.lot_id
        assert balance(payer).available == 0


def test_an_account_that_is_full_takes_no_more(payer, give, noon):
    give(LARGEST - 2)
    give(1, effective_at=noon + HOUR)
    with transaction.atomic(), pytest.raises(AccountFull):
        give("1.0001")
    give(1)
    spend(customer=payer, amount=LARGEST - 1, key="all of it")
    with at(noon + HOUR):
        assert balance(payer).available == Decimal(1)


@pytest.mark.parametrize("lasts", [timedelta(0), timedelta(days=-1), timedelta(days=32), timedelta.max])
def test_a_hold_lasts_longer_than_nothing_and_not_for_ever(payer, give, lasts):
    give(5)
    with pytest.raises(InvalidSpan):
        hold(customer=payer, amount=1, key="k", lasts=lasts)
    held = hold(customer=payer, amount=1, key="k")
    with pytest.raises(InvalidSpan):
        heartbeat(hold_id=held.hold_id, lasts=lasts)
    assert balance(payer).held == 1


def test_a_grant_needs_somebody_and_a_name(payer):
    with pytest.raises(UnknownCustomer):
        grant(customer=None, amount=1, terms=Terms("admin", "k"))
    with pytest.raises(InvalidKey):
        grant(customer=payer, amount=1, terms=Terms("admin", ""))
