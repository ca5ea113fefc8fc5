"""Each verb refuses what cannot be with an error of its own kind, and leaves every row as it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from billing.credits.amounts import LARGEST
from billing.credits.clock import at
from billing.credits.errors import (
    AccountFrozen,
    AccountFull,
    HoldEnded,
    InsufficientCredits,
    InvalidAmount,
    InvalidKey,
    InvalidPriority,
    InvalidSource,
    InvalidSpan,
    InvalidTerms,
    InvalidWords,
    KeyReused,
    MoreThanThereIs,
    UnknownCustomer,
    UnknownRecord,
)
from billing.credits.grants import Terms, freeze, grant, take_back, void
from billing.credits.models import (
    CreditAccount,
    CreditAllocation,
    CreditEntry,
    CreditHold,
    CreditHoldLot,
    CreditLot,
)
from billing.credits.queries import balance
from billing.credits.services import capture, heartbeat, hold, release, reverse, spend
from billing.customers.models import StripeCustomer
from tests.factories.billing import StripeCustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)

NOBODY = (None, StripeCustomer(pk=987_654))
NO_RECORD = (987_654, 0, -1, 2**31, 2**63, 10**30, 10**5000, None, "x", 1.5, True)
TABLES = CreditAccount, CreditLot, CreditEntry, CreditAllocation, CreditHold, CreditHoldLot


class Scene:
    """Somebody with 95 credits to spend and one of each thing that can be asked about."""

    def __init__(self, payer: StripeCustomer) -> None:
        self.payer, self.by, self.other = payer, payer.user, StripeCustomerFactory()
        self.lot = grant(customer=payer, amount=109, terms=Terms("admin", "given")).lot_id
        self.granted = CreditEntry.objects.get().pk
        self.another = grant(customer=payer, amount=1, terms=Terms("admin", "another")).lot_id
        self.spent = spend(customer=payer, amount=4, key="spent").entry_id
        self.back = reverse(entry_id=self.spent, amount=1, key="back")
        self.taken = take_back(customer=payer, amount=1, key="taken", reason="r", by=self.by)
        self.voided = void(lot_id=self.lot, amount=1, key="voided")
        self.open = hold(customer=payer, amount=3, key="open").hold_id
        self.captured = hold(customer=payer, amount=3, key="captured").hold_id
        capture(hold_id=self.captured)
        self.released = hold(customer=payer, amount=3, key="released").hold_id
        release(hold_id=self.released)


@pytest.fixture
def scene(payer: StripeCustomer) -> Scene:
    return Scene(payer)


def everything() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


Asked = Callable[[Scene], object]

REFUSED: dict[str, tuple[type[Exception], Asked]] = {
    "spend, too few": (InsufficientCredits, lambda s: spend(customer=s.payer, amount="99.0001", key="k")),
    "spend, reused": (KeyReused, lambda s: spend(customer=s.payer, amount=5, key="spent")),
    "spend, words reused": (
        KeyReused,
        lambda s: spend(customer=s.payer, amount=4, key="spent", reference="o"),
    ),
    "spend, key of a reversal": (KeyReused, lambda s: spend(customer=s.payer, amount=1, key="back")),
    "spend, no key": (InvalidKey, lambda s: spend(customer=s.payer, amount=1, key="")),
    "hold, too few": (InsufficientCredits, lambda s: hold(customer=s.payer, amount="99.0001", key="k")),
    "hold, reused": (KeyReused, lambda s: hold(customer=s.payer, amount=4, key="open")),
    "hold, no key": (InvalidKey, lambda s: hold(customer=s.payer, amount=1, key="\x00")),
    "capture, too much": (MoreThanThereIs, lambda s: capture(hold_id=s.open, amount="3.0001")),
    "capture, otherwise": (KeyReused, lambda s: capture(hold_id=s.captured, amount=1)),
    "capture, released": (HoldEnded, lambda s: capture(hold_id=s.released)),
    "release, captured": (HoldEnded, lambda s: release(hold_id=s.captured)),
    "heartbeat, captured": (HoldEnded, lambda s: heartbeat(hold_id=s.captured)),
    "heartbeat, released": (HoldEnded, lambda s: heartbeat(hold_id=s.released)),
    "grant, other amount": (
        KeyReused,
        lambda s: grant(customer=s.payer, amount=1, terms=Terms("admin", "given")),
    ),
    "grant, other payer": (
        KeyReused,
        lambda s: grant(customer=s.other, amount=109, terms=Terms("admin", "given")),
    ),
    "grant, no name": (InvalidKey, lambda s: grant(customer=s.payer, amount=1, terms=Terms("admin", ""))),
    "void, other amount": (KeyReused, lambda s: void(lot_id=s.lot, amount=2, key="voided")),
    "void, the whole lot": (KeyReused, lambda s: void(lot_id=s.lot, key="voided")),
    "void, owing as well": (KeyReused, lambda s: void(lot_id=s.lot, amount=1, key="voided", owing=True)),
    "void, other lot": (KeyReused, lambda s: void(lot_id=s.another, amount=1, key="voided")),
    "void, key of a spend": (KeyReused, lambda s: void(lot_id=s.lot, amount=4, key="spent")),
    "reverse, too much": (MoreThanThereIs, lambda s: reverse(entry_id=s.spent, amount="3.0001", key="k")),
    "reverse, a grant": (UnknownRecord, lambda s: reverse(entry_id=s.granted, key="k")),
    "reverse, a reversal": (UnknownRecord, lambda s: reverse(entry_id=s.back, key="k")),
    "reverse, reused": (KeyReused, lambda s: reverse(entry_id=s.spent, amount=2, key="back")),
    "reverse, key of a spend": (KeyReused, lambda s: reverse(entry_id=s.spent, amount=1, key="spent")),
    "reverse, no key": (InvalidKey, lambda s: reverse(entry_id=s.spent, key="k" * 201)),
    "take back, too few": (
        InsufficientCredits,
        lambda s: take_back(customer=s.payer, amount="99.0001", key="k", reason="r", by=s.by),
    ),
    "take back, reused": (
        KeyReused,
        lambda s: take_back(customer=s.payer, amount=2, key="taken", reason="r", by=s.by),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_in_its_own_kind_and_nothing_changes(scene: Scene, case: str) -> None:
    error, ask = REFUSED[case]
    before = everything()
    with transaction.atomic():
        for _ in range(2):
            with pytest.raises(error) as refusal:
                ask(scene)
            assert type(refusal.value) is error
            assert str(refusal.value).endswith(".")
    assert everything() == before


VERBS_ABOUT_SOMEBODY: dict[str, Callable[[Any], object]] = {
    "spend": lambda who: spend(customer=who, amount=1, key="k"),
    "hold": lambda who: hold(customer=who, amount=1, key="k"),
    "grant": lambda who: grant(customer=who, amount=1, terms=Terms("admin", "k")),
    "take back": lambda who: take_back(customer=who, amount=1, key="k", reason="r", by=UserFactory()),
}


@pytest.mark.parametrize("verb", VERBS_ABOUT_SOMEBODY)
def test_nobody_is_no_customer_whatever_is_asked(scene: Scene, verb: str) -> None:
    before = everything()
    for nobody in (*NOBODY, UserFactory()):
        with pytest.raises(UnknownCustomer):
            VERBS_ABOUT_SOMEBODY[verb](nobody)
    assert everything() == before


VERBS_ABOUT_SOMETHING: dict[str, Callable[[int], object]] = {
    "capture": lambda number: capture(hold_id=number),
    "release": lambda number: release(hold_id=number),
    "heartbeat": lambda number: heartbeat(hold_id=number),
    "reverse": lambda number: reverse(entry_id=number, key="k"),
    "void": lambda number: void(lot_id=number, key="k"),
}


@pytest.mark.parametrize("verb", VERBS_ABOUT_SOMETHING)
def test_what_does_not_exist_is_said_to_be_unknown(scene: Scene, verb: str) -> None:
    before = everything()
    with transaction.atomic():
        for number in NO_RECORD:
            with pytest.raises(UnknownRecord):
                VERBS_ABOUT_SOMETHING[verb](number)
    assert everything() == before


@pytest.mark.parametrize("verb", ["spend", "hold", "take back"])
def test_a_frozen_account_gives_nothing_away(scene: Scene, verb: str) -> None:
    freeze(customer_id=scene.payer.pk)
    before = everything()
    with pytest.raises(AccountFrozen):
        VERBS_ABOUT_SOMEBODY[verb](scene.payer)
    assert everything() == before


WORDS: dict[str, Callable[[Scene, str], object]] = {
    "reference": lambda s, words: spend(customer=s.payer, amount=1, key="k", reference=words),
    "feature": lambda s, words: hold(customer=s.payer, amount=1, key="k", feature=words),
    "reason of a reversal": lambda s, words: reverse(entry_id=s.spent, key="k", reason=words),
    "reason of a grant": lambda s, words: grant(
        customer=s.payer, amount=1, terms=Terms("admin", "k"), reason=words
    ),
    "reason of a correction": lambda s, words: take_back(
        customer=s.payer, amount=1, key="k", reason=words, by=s.by
    ),
    "reason of a refund": lambda s, words: void(lot_id=s.lot, key="k", reason=words),
}


@pytest.mark.parametrize("field", WORDS)
def test_words_that_no_database_keeps_are_refused(scene: Scene, field: str) -> None:
    before = everything()
    with transaction.atomic():
        for words in ("w" * 256, "zero \x00", "half a letter \ud83d", None, 5, b"bytes"):
            with pytest.raises(InvalidWords):
                WORDS[field](scene, words)
    assert everything() == before


NO_AMOUNT: tuple[Any, ...] = (
    *(0, -1, 0.5, True, [], object(), 10**5000, -(10**5000)),
    *("0.00001", "1e20", "1e999999", "NaN", "sNaN", "-Infinity", "", "ten", "1" * 10_000),
)
VERBS_ABOUT_AN_AMOUNT: dict[str, Callable[[Scene, Any], object]] = {
    "spend": lambda s, amount: spend(customer=s.payer, amount=amount, key="k"),
    "hold": lambda s, amount: hold(customer=s.payer, amount=amount, key="k"),
    "capture": lambda s, amount: capture(hold_id=s.open, amount=amount),
    "grant": lambda s, amount: grant(customer=s.payer, amount=amount, terms=Terms("admin", "k")),
    "reverse": lambda s, amount: reverse(entry_id=s.spent, amount=amount, key="k"),
    "void": lambda s, amount: void(lot_id=s.lot, amount=amount, key="k"),
    "take back": lambda s, amount: take_back(customer=s.payer, amount=amount, key="k", reason="r", by=s.by),
}


@pytest.mark.parametrize("verb", VERBS_ABOUT_AN_AMOUNT)
def test_what_is_no_amount_is_refused_in_one_short_sentence(scene: Scene, verb: str) -> None:
    before = everything()
    with transaction.atomic():
        for amount in NO_AMOUNT:
            with pytest.raises(InvalidAmount) as refusal:
                VERBS_ABOUT_AN_AMOUNT[verb](scene, amount)
            assert len(str(refusal.value)) < 140
    assert everything() == before


KEYED: dict[str, Callable[[Scene, Any], object]] = {
    "spend": lambda s, key: spend(customer=s.payer, amount=1, key=key),
    "hold": lambda s, key: hold(customer=s.payer, amount=1, key=key),
    "reverse": lambda s, key: reverse(entry_id=s.spent, key=key),
    "void": lambda s, key: void(lot_id=s.lot, key=key),
    "grant": lambda s, key: grant(customer=s.payer, amount=1, terms=Terms("admin", key)),
}


@pytest.mark.parametrize("verb", KEYED)
def test_what_cannot_tell_two_requests_apart_is_no_key(scene: Scene, verb: str) -> None:
    before = everything()
    with transaction.atomic():
        for key in ("", "\x00", "\ud83d", "k" * 256, None, 5, b"bytes"):
            with pytest.raises(InvalidKey):
                KEYED[verb](scene, key)
    assert everything() == before


@pytest.mark.parametrize("lasts", [timedelta(0), timedelta(-1), timedelta(32), timedelta.max, None, 5])
def test_a_hold_lasts_a_while_and_not_for_ever(scene: Scene, lasts: Any) -> None:
    before = everything()
    with transaction.atomic():
        for ask in (
            lambda: hold(customer=scene.payer, amount=1, key="k", lasts=lasts),
            lambda: heartbeat(hold_id=scene.open, lasts=lasts),
        ):
            with pytest.raises(InvalidSpan):
                ask()
    assert everything() == before


TERMS: dict[str, tuple[type[Exception], tuple[Any, ...]]] = {
    "source": (InvalidSource, ("bonus", "", "ADMIN", "admin ", None, 5, ["admin"], "\x00", "s" * 10_000)),
    "priority": (InvalidPriority, (2**15, -(2**40), 10**5000, None, "high", 1.5, True)),
}


@pytest.mark.parametrize("field", TERMS)
def test_terms_that_no_lot_has_are_refused(scene: Scene, field: str) -> None:
    error, values = TERMS[field]
    before = everything()
    with transaction.atomic():
        for value in values:
            terms = replace(Terms("admin", "k"), **{field: value})
            with pytest.raises(error) as refusal:
                grant(customer=scene.payer, amount=1, terms=terms)
            assert len(str(refusal.value)) < 120
    assert everything() == before


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
