"""Credits set aside are there when the work is done, and come back when it is not."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.credits.clock import at
from billing.credits.errors import HoldEnded, InsufficientCredits, KeyReused, MoreThanThereIs, UnknownRecord
from billing.credits.grants import freeze
from billing.credits.models import CreditEntry, CreditHold
from billing.credits.queries import balance
from billing.credits.services import capture, heartbeat, hold, release, spend
from tests.billing.credits.conftest import parts

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_what_is_held_cannot_be_spent_and_a_capture_spends_it(payer, give):
    give(10)
    held = hold(customer=payer, amount=4, key="job", feature="reports", reference="Report 1")
    assert (balance(payer).available, balance(payer).held) == (6, 4)
    with pytest.raises(InsufficientCredits):
        spend(customer=payer, amount=7, key="more")
    entry = CreditEntry.objects.get(pk=capture(hold_id=held.hold_id))
    assert (entry.amount, entry.feature, entry.reference) == (-4, "reports", "Report 1")
    assert (balance(payer).available, balance(payer).held) == (6, 0)


def test_a_part_is_captured_and_the_rest_goes_back_to_its_lots(payer, give, noon):
    give(2, source_ref="soon", expires_at=noon.replace(month=4))
    give(5, source_ref="late")
    held = hold(customer=payer, amount=6, key="job")
    assert parts(capture(hold_id=held.hold_id, amount=3)) == [("soon", -2), ("late", -1)]
    assert balance(payer).available == 4


def test_a_release_gives_everything_back_and_leaves_no_line(payer, give):
    give(10)
    held = hold(customer=payer, amount=4, key="job")
    release(hold_id=held.hold_id)
    release(hold_id=held.hold_id)
    assert (balance(payer).available, CreditEntry.objects.count()) == (10, 1)


def test_repeating_a_step_changes_nothing(payer, give):
    give(10)
    held = hold(customer=payer, amount=4, key="job")
    assert hold(customer=payer, amount=4, key="job").replayed
    entry = capture(hold_id=held.hold_id, amount=3)
    assert capture(hold_id=held.hold_id, amount=3) == entry
    assert hold(customer=payer, amount=4, key="job").hold_id == held.hold_id
    assert balance(payer).available == 7


def test_a_step_that_contradicts_an_earlier_one_is_refused(payer, give):
    give(10)
    held = hold(customer=payer, amount=4, key="job")
    with pytest.raises(KeyReused):
        hold(customer=payer, amount=5, key="job")
    with pytest.raises(MoreThanThereIs):
        capture(hold_id=held.hold_id, amount=5)
    capture(hold_id=held.hold_id)
    with pytest.raises(KeyReused):
        capture(hold_id=held.hold_id, amount=1)
    with pytest.raises(HoldEnded):
        release(hold_id=held.hold_id)
    for step in (capture, release, heartbeat):
        with pytest.raises(UnknownRecord):
            step(hold_id=987_654)


def test_a_hold_whose_time_is_over_gives_back_at_that_second(payer, give, noon):
    give(10)
    held = hold(customer=payer, amount=10, key="job", lasts=MINUTE)
    with at(noon + MINUTE - timedelta(microseconds=1)):
        assert balance(payer).available == 0
    with at(noon + MINUTE):
        assert balance(payer).available == 10
        with pytest.raises(HoldEnded):
            capture(hold_id=held.hold_id)
    assert CreditHold.objects.get().ended_at == noon + MINUTE


def test_a_sign_of_life_prolongs_a_hold_and_never_shortens_it(payer, give, noon):
    give(10)
    held = hold(customer=payer, amount=10, key="job", lasts=MINUTE)
    with at(noon + MINUTE / 2):
        heartbeat(hold_id=held.hold_id, lasts=MINUTE)
        heartbeat(hold_id=held.hold_id, lasts=timedelta(seconds=1))
    with at(noon + MINUTE * 1.4):
        assert capture(hold_id=held.hold_id)
    with at(noon + MINUTE * 3), pytest.raises(HoldEnded):
        heartbeat(hold_id=held.hold_id)


def test_an_expiry_during_a_hold_takes_nothing_from_the_work(payer, give, noon):
    give(10, expires_at=noon + MINUTE)
    held = hold(customer=payer, amount=6, key="job", lasts=MINUTE * 5)
    with at(noon + MINUTE):
        assert (balance(payer).available, balance(payer).held) == (0, 6)
    with at(noon + MINUTE * 2):
        capture(hold_id=held.hold_id, amount=Decimal("2.5"))
        assert (balance(payer).available, balance(payer).held) == (0, 0)
    expired = CreditEntry.objects.filter(kind="expire").order_by("pk").values_list("amount", flat=True)
    assert list(expired) == [-4, Decimal("-3.5")]


def test_what_comes_back_after_its_end_expires_at_once(payer, give, noon):
    give(10, expires_at=noon + MINUTE)
    hold(customer=payer, amount=10, key="job", lasts=MINUTE * 2)
    with at(noon + MINUTE * 3):
        assert (balance(payer).available, balance(payer).held) == (0, 0)
    expiry = CreditEntry.objects.get(kind="expire")
    assert (expiry.amount, expiry.created_at) == (-10, noon + MINUTE * 2)


def test_work_in_progress_may_end_on_a_frozen_account(payer, give):
    give(10)
    held = hold(customer=payer, amount=4, key="job")
    freeze(customer_id=payer.pk)
    assert capture(hold_id=held.hold_id)
