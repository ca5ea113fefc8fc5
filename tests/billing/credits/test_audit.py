"""The audit sees what is wrong, says so until it is right, and shows that it ran."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actors import acting
from billing.audits.credit_health import check_credits
from billing.credits.auditing import audit_ledger
from billing.credits.models import CreditAccount, CreditLot
from billing.credits.services import spend
from billing.notices.models import Alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(payer, give):
    """A ledger that somebody changed by hand; put right again when the test is over."""
    give(10)
    spend(customer=payer, amount=3, key="k")
    CreditAccount.objects.filter(customer=payer).update(available=8)
    yield payer
    CreditAccount.objects.filter(customer=payer).update(available=7)


def test_a_balance_changed_by_hand_is_found(broken):
    rules = {violation.rule for violation in audit_ledger()}
    assert "available is what is left in open lots" in rules
    assert "the sum of entries = available + held - debt" in rules


def test_a_lot_changed_by_hand_is_found(payer, give):
    lot = give(10).lot_id
    CreditLot.objects.filter(pk=lot).update(remaining=9)
    assert any("voided - returned" in violation.rule for violation in audit_ledger())
    CreditLot.objects.filter(pk=lot).update(remaining=10)


def test_an_entry_changed_past_the_trigger_is_found(payer, give):
    give(10)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE billing_creditentry SET balance_after = 11")
    assert any("replayed from zero" in violation.rule for violation in audit_ledger())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_creditentry SET balance_after = 10")
        cursor.execute("SET session_replication_role = origin")


def test_the_alert_is_open_as_long_as_it_is_wrong(broken):
    for _ in range(2):
        audit_ledger()
    assert "breaks its rules" in Alert.objects.get(closed_at=None).sentence
    assert not next(iter(check_credits())).ok
    CreditAccount.objects.filter(customer=broken).update(available=7)
    audit_ledger()
    assert not Alert.objects.filter(closed_at=None).exists()
    assert next(iter(check_credits())).ok


def test_the_command_says_what_is_wrong_and_fails(broken):
    out = StringIO()
    with pytest.raises(CommandError, match="breaks its rules"):
        call_command("credits_audit", stdout=out)
    assert "says 8.0000, lots have 7.0000" in out.getvalue()


def test_a_sound_ledger_says_so(give):
    assert next(iter(check_credits())).ok
    give(1)
    assert not next(iter(check_credits())).ok
    out = StringIO()
    call_command("credits_audit", stdout=out)
    assert "sound" in out.getvalue()


WRITTEN_AND_AUDITED = r"""
SELECT ledger.proname, audit.tgrelid::regclass::text
FROM pg_proc ledger, pg_trigger audit JOIN pg_proc f ON f.oid = audit.tgfoid
WHERE starts_with(ledger.proname, 'billing_credits_') AND f.proname = 'billing_audit'
    AND ledger.prosrc ~ format('(INSERT INTO|UPDATE|DELETE FROM) %s\M', audit.tgrelid::regclass)
    AND (cardinality(audit.tgattr) = 0 OR ledger.prosrc ~ 'frozen_at\s*=[^=]')
"""


def test_the_ledgers_functions_write_no_table_under_audit(db):
    """So their callers need not tell the database who acts: it would cost each spend a statement."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_AND_AUDITED)
        assert cursor.fetchall() == []


def test_a_spend_says_nothing_but_what_it_spends(payer, give):
    give(1)
    with CaptureQueriesContext(connection) as queries, acting(origin="site", why="No audit log here."):
        spend(customer=payer, amount=1, key="k")
    (query,) = queries
    assert query["sql"].startswith("SELECT * FROM billing_credits_spend(")
