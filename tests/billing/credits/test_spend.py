"""A spend is there once and whole, or not at all."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.api import balance, explain_entry
from billing.credits.errors import (
    AccountFrozen,
    InsufficientCredits,
    InvalidAmount,
    InvalidKey,
    InvalidWords,
    KeyReused,
    UnknownCustomer,
    UnknownRecord,
)
from billing.credits.grants import freeze, take_back, unfreeze
from billing.credits.models import CreditAccount, CreditEntry
from billing.credits.services import reverse, spend
from billing.customers.models import StripeCustomer
from tests.billing.credits.conftest import parts
from tests.factories.billing import StripeCustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_spend_takes_what_it_says_and_is_in_the_ledger(payer, give):
    give(10)
    spent = spend(customer=payer, amount="2.5", key="report-1", reference="Report 1", feature="reports")
    assert (spent.amount, spent.available, spent.replayed) == (Decimal("2.5"), Decimal("7.5"), False)
    entry = CreditEntry.objects.get(pk=spent.entry_id)
    assert (entry.kind, entry.amount, entry.balance_after) == ("spend", Decimal("-2.5"), Decimal("7.5"))
    assert balance(payer.user).available == Decimal("7.5")


def test_the_same_request_again_is_answered_and_counts_once(payer, give):
    give(10)
    first = spend(customer=payer, amount=10, key="once", reference="a")
    again = spend(customer=payer, amount=10, key="once", reference="a")
    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    give(100)
    with_money_again = spend(customer=payer, amount=10, key="once", reference="a")
    assert (with_money_again.entry_id, balance(payer).available) == (first.entry_id, 100)


@pytest.mark.parametrize("change", [{"amount": 3}, {"reference": "b"}, {"feature": "other"}])
@pytest.mark.parametrize("left", [0, 50])
def test_a_key_stands_for_one_request(payer, give, change, left):
    give(2 + left)
    request = {"amount": 2, "key": "k", "reference": "a", "feature": "f"}
    spend(customer=payer, **request)
    with pytest.raises(KeyReused):
        spend(customer=payer, **{**request, **change})
    assert balance(payer).available == left


def test_more_than_there_is_is_refused_and_says_what_is_missing(payer, give):
    give("1.5")
    with pytest.raises(InsufficientCredits) as refusal:
        spend(customer=payer, amount=2, key="k")
    assert (refusal.value.needed, refusal.value.available) == (2, Decimal("1.5"))
    assert "needs 2 credits and you have 1.5" in refusal.value.sentence
    assert spend(customer=payer, amount="1.5", key="k").available == 0


@pytest.mark.parametrize("amount", [0, -1, "0.00001", "1e20", "NaN", "Infinity", "", "ten", None, 0.5, True])
def test_what_is_no_amount_is_refused(payer, give, amount):
    give(10)
    with pytest.raises(InvalidAmount):
        spend(customer=payer, amount=amount, key="k")
    assert CreditEntry.objects.filter(kind="spend").count() == 0


@pytest.mark.parametrize("key", ["", "k" * 201, "a\x00b"])
def test_a_spend_without_a_usable_key_is_refused(payer, give, key):
    give(10)
    with pytest.raises(InvalidKey):
        spend(customer=payer, amount=1, key=key)


@pytest.mark.parametrize("words", [{"reference": "r" * 256}, {"feature": "f" * 61}, {"reference": "\x00"}])
def test_words_that_the_ledger_cannot_keep_are_refused(payer, give, words):
    give(10)
    with pytest.raises(InvalidWords):
        spend(customer=payer, amount=1, key="k", **words)


def test_nobody_is_no_customer():
    for nobody in (StripeCustomer(pk=987_654), UserFactory(), None):
        with pytest.raises(UnknownCustomer):
            spend(customer=nobody, amount=1, key="k")


def test_who_never_had_credits_has_none():
    payer = StripeCustomerFactory()
    assert balance(payer).available == balance(UserFactory()).available == 0
    with pytest.raises(InsufficientCredits):
        spend(customer=payer, amount=1, key="k")


def test_a_refusal_leaves_the_callers_transaction_alive(payer, give):
    give(1)
    with transaction.atomic():
        with pytest.raises(InsufficientCredits):
            spend(customer=payer, amount=2, key="too-much")
        spend(customer=payer, amount=1, key="fits")
    assert balance(payer).available == 0


def test_lots_are_used_by_priority_then_end_then_gifts_first_then_age(payer, give, noon):
    give(1, source="purchase", source_ref="for ever")
    give(1, source="purchase", source_ref="ends late", expires_at=noon.replace(month=6))
    give(1, source="purchase", source_ref="ends soon, paid", expires_at=noon.replace(month=4))
    give(1, source="promotion", source_ref="ends soon, gift", expires_at=noon.replace(month=4))
    give(1, source="purchase", source_ref="first of all", priority=-1)
    give(1, source="purchase", source_ref="last of all", priority=1, expires_at=noon.replace(month=4))
    assert parts(spend(customer=payer, amount="0.5", key="a").entry_id)[0][0] == "first of all"
    spend(customer=payer, amount="0.5", key="b")
    assert parts(spend(customer=payer, amount="0.5", key="c").entry_id)[0][0] == "ends soon, gift"
    entry = spend(customer=payer, amount="4", key="k").entry_id
    assert [lot for lot, _ in parts(entry)] == [
        "ends soon, gift",
        "ends soon, paid",
        "ends late",
        "for ever",
        "last of all",
    ]
    assert parts(entry)[-1] == ("last of all", Decimal("-0.5"))


def test_an_explanation_names_the_lots_and_is_for_its_owner_alone(payer, give, noon):
    give(1, expires_at=noon.replace(month=4))
    entry = spend(customer=payer, amount=1, key="k").entry_id
    (part,) = explain_entry(entry, customer=payer)
    assert part.amount == -1
    assert "what ends first is used first, and these end on 1 April 2026" in part.why
    with pytest.raises(UnknownRecord):
        explain_entry(entry, customer=StripeCustomerFactory())


def test_a_frozen_account_spends_nothing_until_it_is_open_again(payer, give):
    give(5)
    freeze(customer_id=payer.pk)
    with pytest.raises(AccountFrozen):
        spend(customer=payer, amount=1, key="k")
    assert balance(payer).frozen
    unfreeze(customer_id=payer.pk)
    assert spend(customer=payer, amount=1, key="k").available == 4


def test_a_reversal_goes_back_to_the_lots_that_paid_the_last_one_first(payer, give, noon):
    give(2, source_ref="soon", expires_at=noon.replace(month=4))
    give(3, source_ref="late")
    entry = spend(customer=payer, amount=4, key="k").entry_id
    assert parts(reverse(entry_id=entry, amount=1, key="r1")) == [("late", 1)]
    assert parts(reverse(entry_id=entry, key="r2")) == [("late", 1), ("soon", 2)]
    assert balance(payer).available == 5


def test_taking_back_is_a_new_line_with_its_reason(payer, give):
    give(5)
    admin = UserFactory()
    entry = CreditEntry.objects.get(
        pk=take_back(customer=payer, amount=2, key="k", reason="Granted twice", by=admin).entry_id
    )
    assert (entry.kind, entry.amount, entry.reason, entry.by) == (
        "correct",
        -2,
        "Granted twice",
        admin,
    )


@pytest.mark.parametrize("statement", [
    "UPDATE billing_creditentry SET amount = 99",
    "DELETE FROM billing_creditentry",
    "TRUNCATE billing_creditentry CASCADE",
    "UPDATE billing_creditallocation SET amount = 99",
    "DELETE FROM billing_creditallocation",
    "TRUNCATE billing_creditallocation",
])  # fmt: skip
def test_history_cannot_be_edited_even_in_the_database(payer, give, statement):
    give(5)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize("column", ["available", "held", "debt"])
def test_the_database_refuses_a_balance_below_zero(payer, give, column):
    give(5)
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditAccount.objects.filter(customer=payer).update(**{column: -1})


def test_a_spend_is_one_round_trip(payer, give, django_assert_num_queries):
    give(5)
    with django_assert_num_queries(1):
        spend(customer=payer, amount=1, key="k")
    with django_assert_num_queries(2):
        balance(payer)
