"""Whatever somebody changes in the ledger's tables by hand, past its functions and triggers, is found."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from billing.credits.grants import void
from billing.credits.invariants import RULES, violations
from billing.credits.services import capture, hold, reverse, spend
from tests.factories.billing import StripeCustomerFactory

pytestmark = pytest.mark.django_db

TAMPERED = {
    "more available": "UPDATE billing_creditaccount SET available = available + 1",
    "less held": "UPDATE billing_creditaccount SET held = held - 1 WHERE held > 1",
    "no debt": "UPDATE billing_creditaccount SET debt = 0 WHERE debt > 0",
    "a balance beside a debt": "UPDATE billing_creditaccount SET available = 1 WHERE debt > 0",
    "a clock that stands": "UPDATE billing_creditaccount SET next_event_at = NULL",
    "less left of a lot": "UPDATE billing_creditlot SET remaining = remaining - 1 WHERE remaining > 1",
    "a lot of more": "UPDATE billing_creditlot SET granted = granted + 1",
    "a lot of somebody else": """
        UPDATE billing_creditlot SET account_id = (SELECT max(id) FROM billing_creditaccount)
    """,
    "a larger hold": "UPDATE billing_credithold SET amount = amount + 1",
    "a hold that took more": "UPDATE billing_creditholdlot SET amount = amount + 1",
    "a hold given back in silence": "UPDATE billing_credithold SET state = 'released' WHERE state = 'open'",
    "a smaller capture": "UPDATE billing_credithold SET captured = captured - 1 WHERE captured > 1",
    "a cheaper spend": "UPDATE billing_creditentry SET amount = amount + 1 WHERE key = 'a'",
    "another balance": "UPDATE billing_creditentry SET balance_after = 99 WHERE key = 'a'",
    "a spend that is gone": "DELETE FROM billing_creditentry WHERE key = 'a'",
    "a spend that moved nothing": """
        DELETE FROM billing_creditallocation
        WHERE entry_id = (SELECT id FROM billing_creditentry WHERE key = 'a')
    """,
    "a spend that moved more": """
        INSERT INTO billing_creditallocation (entry_id, lot_id, amount)
        SELECT e.id, l.id, -30 FROM billing_creditentry e JOIN billing_creditlot l USING (account_id)
        WHERE e.key = 'a'
    """,
    "a spend of somebody else": """
        UPDATE billing_creditentry SET account_id = (SELECT max(id) FROM billing_creditaccount)
        WHERE key = 'a'
    """,
    "a gift out of nothing": """
        INSERT INTO billing_creditlot (account_id, source, source_ref, category, priority, granted, remaining,
            state, effective_at, reason, created_at)
        SELECT max(id), 'admin', 'x', 'paid', 0, 5, 5, 'open', now(), '', now() FROM billing_creditaccount
    """,
    "given back twice": "UPDATE billing_creditentry SET amount = 9 WHERE kind = 'reverse'",
}


@pytest.fixture
def eventful(payer, give, noon):
    """Two accounts that went through all there is."""
    give(20, expires_at=noon + timedelta(days=9))
    back = spend(customer=payer, amount=4, key="a").entry_id
    reverse(entry_id=back, amount=1, key="b")
    capture(hold_id=hold(customer=payer, amount=4, key="job").hold_id, amount=2)
    hold(customer=payer, amount=3, key="going on")
    other = StripeCustomerFactory()
    lot = give(5, to=other).lot_id
    spend(customer=other, amount=5, key="c")
    void(lot_id=lot, key="refund", owing=True)


def broken_by(statement):
    """The rules that do not hold after ``statement``, which is then taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount
        broken = {violation.rule for violation in violations()}
        transaction.set_rollback(True)
    return broken


@pytest.mark.parametrize("change", TAMPERED)
def test_what_is_changed_by_hand_is_found(eventful, change):
    assert broken_by(TAMPERED[change])


def test_every_rule_finds_something(eventful):
    """A rule that no change breaks would be no rule."""
    assert set(RULES) - set().union(*map(broken_by, TAMPERED.values())) == set()
