"""A comparison that is killed goes on where it was, keeps to its pace, and is made by one at a time."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.audits.reconciliation import runs
from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun, Sighting
from billing.audits.reconciliation.runs import RunUnderWay, run_comparison
from billing.audits.tasks import compare_with_stripe
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway import pages
from billing.gateway.errors import StripeUnavailable
from billing.gateway.pace import Pace, at_pace, wait_for_turn
from billing.notices.alerts import mail_alert
from billing.notices.models import Alert
from tests.factories.billing import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers(stripe, monkeypatch):
    """Seven customers whose rows are older than any run, on pages of two; nobody's address agrees."""
    made = [ensure_customer(user=UserFactory()) for _ in range(7)]
    day_before = timezone.now() - timedelta(days=1)
    StripeCustomer.objects.update(created_at=day_before, stripe_email="old@example.com")
    monkeypatch.setattr(pages, "LARGEST_PAGE", 2)
    return made


@pytest.fixture
def asked(stripe):
    """The pages that Stripe is asked for."""
    cursors = []
    stripe.observers.append(
        lambda request, _: cursors.append(request.form) if request.path == "/v1/customers" else None
    )
    return cursors


def compare(repairs="ours"):
    told = []
    run_comparison(repairs=repairs, tell=lambda found, done: told.append((found, done)))
    return told


def kill(monkeypatch, *, after):
    """Have the process die when Stripe is asked for the next page after so many."""
    turned = [0]
    turn_page = runs.StoredLedger.turn_page

    def counting(*arguments):
        if turned[0] == after:
            raise KeyboardInterrupt
        turned[0] += 1
        turn_page(*arguments)

    monkeypatch.setattr(runs.StoredLedger, "turn_page", counting)
    with pytest.raises(KeyboardInterrupt):
        compare()
    monkeypatch.setattr(runs.StoredLedger, "turn_page", turn_page)


def test_a_killed_run_goes_on_at_the_page_where_it_was(customers, asked, monkeypatch):
    kill(monkeypatch, after=2)
    read_before = len(asked)
    assert len(compare()) == 7
    assert len(asked) - read_before == 2
    run = ReconciliationRun.objects.get()
    assert (run.state, run.compared["customer"]) == ("done", 7)
    assert not Sighting.objects.exists()


def test_what_a_killed_run_suspected_is_looked_at_by_the_next(customers, monkeypatch):
    kill(monkeypatch, after=4)
    assert set(Discrepancy.objects.values_list("state", flat=True)) == {"suspected"}
    assert {done for _, done in compare()} == {True}
    assert set(Discrepancy.objects.values_list("state", flat=True)) == {"repaired"}


def test_a_run_that_was_shot_is_taken_over_after_a_minute(customers, monkeypatch):
    kill(monkeypatch, after=1)
    ReconciliationRun.objects.update(holder="00000000-0000-0000-0000-000000000001")
    with pytest.raises(RunUnderWay):
        compare()
    ReconciliationRun.objects.update(alive_at=timezone.now() - timedelta(minutes=2))
    assert len(compare()) == 7


def test_a_run_of_yesterday_is_given_up(customers, monkeypatch):
    kill(monkeypatch, after=1)
    ReconciliationRun.objects.update(started_at=timezone.now() - timedelta(hours=20))
    assert len(compare()) == 7
    assert set(ReconciliationRun.objects.values_list("state", flat=True)) == {"done", "abandoned"}


def test_a_cursor_that_was_deleted_meanwhile_begins_the_kind_again(stripe, customers, monkeypatch):
    kill(monkeypatch, after=1)
    stripe.client().v1.customers.delete(ReconciliationRun.objects.get().cursor)
    assert len(compare()) == 6


def test_an_outage_puts_the_night_off_and_it_goes_on_afterwards(stripe, customers, asked):
    compare_pages = len(asked)
    stripe.fail("503", path="/v1/customers", times=3)
    with pytest.raises(StripeUnavailable):
        compare_with_stripe(timestamp=0)
    assert ReconciliationRun.objects.get().trouble.startswith("StripeUnavailable")
    assert compare_with_stripe.retry_strategy
    compare_with_stripe(timestamp=0)
    assert len(asked) > compare_pages
    assert ReconciliationRun.objects.get().state == "done"


def mails():
    """Send what the night wants sent; gives the texts."""
    jobs = ProcrastinateJob.objects.filter(task_name="billing.notices.tasks.send_alert")
    for args in jobs.values_list("args", flat=True):
        mail_alert(alert_id=args["alert_id"])
    return [letter.body for letter in mail.outbox]


def test_a_night_that_finds_something_sends_one_mail(customers, admins):
    compare_with_stripe(timestamp=0)
    [body] = mails()
    assert "7 differences between this site and Stripe (Customer: 7): 7 were put right, none is left." in body
    assert "example.com" not in body
    assert Alert.objects.get().closed_at


def test_what_is_left_for_a_person_keeps_the_alert_open(customers, admins):
    StripeCustomer.objects.filter(pk=customers[0].pk).update(stripe_id="cus_of_nobody")
    compare_with_stripe(timestamp=0)
    [body] = mails()
    assert "1 is left for somebody. Look at Billing → Discrepancies." in body
    assert Alert.objects.get().closed_at is None


def test_a_night_that_finds_nothing_sends_none(stripe, admins):
    compare_with_stripe(timestamp=0)
    assert mails() == []


def test_the_key_of_another_account_is_told_once(customers, admins):
    for number, row in enumerate(customers):
        StripeCustomer.objects.filter(pk=row.pk).update(stripe_id=f"cus_elsewhere{number}")
    for _ in range(3):
        compare_with_stripe(timestamp=0)
    [body] = mails()
    assert "seems to belong to another account" in body


@pytest.fixture
def admins(db):
    """Somebody who is told."""
    return UserFactory(is_superuser=True, is_staff=True)


def test_calls_keep_the_pace():
    clock, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        clock[0] += seconds

    with at_pace(Pace(5, now=lambda: clock[0], sleep=sleep)):
        for _ in range(25):
            wait_for_turn()
    assert clock[0] == pytest.approx(4)
    wait_for_turn()
    assert len(slept) == 20


def test_every_call_of_a_run_waits_for_its_turn(stripe, customers, monkeypatch, settings):
    turns = []
    monkeypatch.setattr("billing.gateway.pace.Pace.take", lambda _: turns.append(1))
    calls = []
    stripe.observers.append(lambda request, _: calls.append(request.path))
    compare()
    assert len(turns) == len(calls) > 7
