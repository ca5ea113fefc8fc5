"""Credits come once, begin and end to the second, and what is refunded is taken back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from billing.credits.clock import at
from billing.credits.errors import InsufficientCredits, KeyReused, MoreThanThereIs, UnknownCustomer
from billing.credits.grants import void
from billing.credits.models import CreditAccount, CreditEntry, CreditLot
from billing.credits.queries import balance
from billing.credits.reading import ChargeFacts
from billing.credits.refunds import follow_refunds
from billing.credits.services import capture, hold, release, reverse, spend
from billing.customers.models import StripeCustomer
from tests.billing.credits.conftest import parts
from tests.factories.billing import StripeCustomerFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def worth(payer):
    account = CreditAccount.objects.get(customer=payer)
    return account.available, account.held, account.debt


def test_one_source_gives_once_whoever_brings_the_news(payer, give):
    first = give(5, source="plan", source_ref="il_1")
    again = give(5, source="plan", source_ref="il_1")
    assert (again.lot_id, again.replayed) == (first.lot_id, True)
    assert balance(payer).available == 5


def test_one_source_cannot_give_something_else_or_to_somebody_else(payer, give):
    give(5, source="plan", source_ref="il_1")
    with pytest.raises(KeyReused):
        give(6, source="plan", source_ref="il_1")
    with pytest.raises(KeyReused):
        give(5, source="plan", source_ref="il_1", to=StripeCustomerFactory())
    with pytest.raises(UnknownCustomer):
        give(5, to=StripeCustomer(pk=987_654))


def test_credits_end_to_the_second_without_anybody_looking(payer, give, noon):
    give(5, expires_at=noon + HOUR)
    give(2)
    with at(noon + HOUR - timedelta(microseconds=1)):
        assert balance(payer).available == 7
    with at(noon + HOUR), pytest.raises(InsufficientCredits):
        spend(customer=payer, amount=3, key="k")
    expiry = CreditEntry.objects.get(kind="expire")
    assert (expiry.amount, expiry.created_at) == (-5, noon + HOUR)


def test_what_happened_while_nobody_looked_is_written_as_it_happened(payer, give, noon):
    give(5, expires_at=noon + HOUR)
    hold(customer=payer, amount=2, key="job", lasts=HOUR / 2)
    with at(noon + 3 * HOUR):
        assert balance(payer).available == 0
    expiry = CreditEntry.objects.get(kind="expire")
    assert (expiry.amount, expiry.created_at) == (-5, noon + HOUR)


def test_credits_begin_to_the_second(payer, give, noon):
    lot = give(5, effective_at=noon + HOUR, expires_at=noon + 2 * HOUR)
    assert balance(payer).available == 0
    assert CreditLot.objects.get(pk=lot.lot_id).state == "pending"
    with at(noon + HOUR):
        assert balance(payer).available == 5
    assert CreditEntry.objects.get().created_at == noon + HOUR


def test_credits_that_came_too_late_are_on_record_and_gone(payer, give, noon):
    give(5, effective_at=noon - 2 * HOUR, expires_at=noon - HOUR)
    assert balance(payer).available == 0
    assert list(CreditEntry.objects.order_by("pk").values_list("kind", "amount")) == [
        ("grant", 5),
        ("expire", -5),
    ]


@pytest.mark.parametrize("begin", [
    datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Vienna")),  # an hour is left out
    datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Vienna")),  # an hour comes twice
    datetime(2028, 2, 29, tzinfo=UTC),
])  # fmt: skip
def test_days_of_23_and_25_hours_and_leap_days_end_when_they_end(payer, give, begin):
    end = begin + timedelta(days=1)  # on the wall clock
    with at(begin.astimezone(UTC)):
        give(1, effective_at=begin, expires_at=end)
    with at(end.astimezone(UTC) - SECOND):
        assert balance(payer).available == 1
    with at(end.astimezone(UTC)):
        assert balance(payer).available == 0


def test_a_refund_takes_what_is_left_and_the_rest_is_owed(payer, give):
    lot = give(10, source="purchase", source_ref="cs_1").lot_id
    spend(customer=payer, amount=7, key="k")
    assert parts(void(lot_id=lot, key="refund", owing=True)) == [("cs_1", -3), ("debt", -7)]
    assert worth(payer) == (0, 0, 7)
    assert void(lot_id=lot, key="refund", owing=True)
    assert void(lot_id=lot, key="refund again", owing=True) is None


def test_debt_is_paid_by_what_comes_next(payer, give):
    lot = give(10, source="purchase", source_ref="cs_1").lot_id
    spend(customer=payer, amount=7, key="k")
    void(lot_id=lot, key="refund", owing=True)
    give(5)
    assert worth(payer) == (0, 0, 2)
    give(5)
    assert worth(payer) == (3, 0, 0)


def test_debt_is_paid_at_once_by_what_is_there(payer, give):
    lot = give(10, source="purchase", source_ref="cs_1", priority=-1).lot_id
    give(4, source_ref="gift")
    spend(customer=payer, amount=10, key="k")
    void(lot_id=lot, key="refund", owing=True)
    assert worth(payer) == (0, 0, 6)


def test_what_had_expired_is_not_owed(payer, give, noon):
    lot = give(10, source="purchase", source_ref="cs_1", expires_at=noon + HOUR).lot_id
    spend(customer=payer, amount=3, key="k")
    with at(noon + 2 * HOUR):
        void(lot_id=lot, key="refund", owing=True)
    assert worth(payer) == (0, 0, 3)


def test_what_is_held_of_a_refunded_lot_is_owed_until_it_comes_back(payer, give):
    lot = give(10, source="purchase", source_ref="cs_1").lot_id
    held = hold(customer=payer, amount=4, key="job")
    void(lot_id=lot, key="refund", owing=True)
    assert worth(payer) == (0, 4, 4)
    release(hold_id=held.hold_id)
    assert worth(payer) == (0, 0, 0)


def test_a_partial_refund_takes_its_part(payer, give):
    lot = give(10, source="purchase", source_ref="cs_1").lot_id
    spend(customer=payer, amount=8, key="k")
    void(lot_id=lot, key="first", amount=4, owing=True)
    assert worth(payer) == (0, 0, 2)
    void(lot_id=lot, key="second", amount=20, owing=True)
    assert worth(payer) == (0, 0, 8)


def test_a_refund_of_what_had_expired_is_followed_however_often_it_is_read(payer, give, noon):
    lot = give(10, source="purchase", source_ref="cs_1", expires_at=noon + HOUR).lot_id
    CreditLot.objects.filter(pk=lot).update(payment_intent="pi_1")
    spend(customer=payer, amount=3, key="k")
    charge = ChargeFacts("ch_1", "pi_1", "", 1900, 1900, "eur", succeeded=True, receipt_url="")
    with at(noon + 2 * HOUR):
        for _ in range(2):
            follow_refunds([charge], customer=payer)
    assert worth(payer) == (0, 0, 3)


def test_a_plan_that_is_left_takes_what_is_left_and_nothing_is_owed(payer, give):
    lot = give(10, source="plan", source_ref="il_1").lot_id
    spend(customer=payer, amount=7, key="k")
    assert parts(void(lot_id=lot, key="upgrade")) == [("il_1", -3)]
    assert worth(payer) == (0, 0, 0)


def test_a_lot_that_has_not_begun_can_be_taken_back(payer, give, noon):
    lot = give(10, source="plan", source_ref="il_1", effective_at=noon + HOUR).lot_id
    void(lot_id=lot, key="upgrade")
    with at(noon + 2 * HOUR):
        assert balance(payer).available == 0


def test_a_spend_is_given_back_once_at_most(payer, give):
    give(10)
    entry = spend(customer=payer, amount=4, key="k").entry_id
    first = reverse(entry_id=entry, amount=3, key="r")
    assert reverse(entry_id=entry, amount=3, key="r") == first
    with pytest.raises(MoreThanThereIs):
        reverse(entry_id=entry, amount=2, key="r2")
    reverse(entry_id=entry, key="r3")
    with pytest.raises(MoreThanThereIs):
        reverse(entry_id=entry, key="r4")
    assert balance(payer).available == 10


def test_a_reversal_after_the_end_of_its_lot_comes_and_goes(payer, give, noon):
    give(10, expires_at=noon + HOUR)
    entry = spend(customer=payer, amount=4, key="k").entry_id
    with at(noon + 2 * HOUR):
        reverse(entry_id=entry, key="r")
        assert balance(payer).available == 0
    assert [kind for kind, in CreditEntry.objects.order_by("pk").values_list("kind")] == [
        "grant", "spend", "expire", "reverse", "expire",
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["reverse", "release", "capture"])
def test_what_comes_back_after_its_end_pays_no_debt(payer, give, noon, way):
    give(4, expires_at=noon + HOUR)
    if way == "reverse":
        entry = spend(customer=payer, amount=4, key="k").entry_id
    else:
        held = hold(customer=payer, amount=4, key="k", lasts=4 * HOUR).hold_id
    lot = give(3, source="purchase", source_ref="cs_1").lot_id
    spend(customer=payer, amount=3, key="l")
    void(lot_id=lot, key="refund", owing=True)
    with at(noon + 2 * HOUR):
        if way == "reverse":
            reverse(entry_id=entry, key="r")
        elif way == "release":
            release(hold_id=held)
        else:
            capture(hold_id=held, amount=1)
    assert worth(payer) == (0, 0, 3)


def test_the_balance_says_what_ends_next(payer, give, noon):
    give(5)
    give(3, expires_at=noon + 24 * HOUR)
    give(2, expires_at=noon + HOUR)
    give(1, expires_at=noon + 2 * HOUR)
    told = balance(payer)
    assert (told.expires_next, told.expires_at) == (3, noon + HOUR)


def test_a_hold_that_became_debt_and_came_back_is_owed_once(payer, give):
    give(10)
    lot = give(10, source="purchase", source_ref="cs_1", priority=-1).lot_id
    held = hold(customer=payer, amount=4, key="job")
    void(lot_id=lot, key="refund", owing=True)
    release(hold_id=held.hold_id)
    assert worth(payer) == (10, 0, 0)
    assert void(lot_id=lot, key="refund again", owing=True) is None
