"""Whoever is moved to another version is told what changes, when, and once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.formats import date_format

from billing.audits.models import AuditEntry
from billing.gateway.errors import StripeUnavailable
from billing.notices.models import Notice
from billing.notices.services import notify
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving import running, steps
from billing.subscriptions.moving.models import MovedSubscription, VersionMove
from billing.subscriptions.moving.running import moves_to_go_on_with, run_batch
from billing.subscriptions.moving.services import request_move, request_undo
from billing.subscriptions.moving.telling import Teller
from billing.subscriptions.services import reconcile_customer
from tests.billing.subscriptions.test_moving import at_stripe, cutter, held, next_version, run
from tests.billing.webhooks.test_worker import run_worker
from tests.factories.billing import PlanVersionFactory, PriceFactory, SubscriptionFactory

__all__ = ["cutter"]

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(Notice.objects.exclude(topic="welcome").order_by("pk").values_list("topic", flat=True))


def last() -> str:
    notice = Notice.objects.latest("pk")
    return f"{notice.title}\n{notice.text}"


@pytest.fixture
def price(db):
    """A price that somebody pays, of a version with exports and ten seats."""
    made = PriceFactory(
        version=PlanVersionFactory(plan__name="Cutter", features={"exports": None, "seats": 10})
    )
    SubscriptionFactory(price=made)
    return made


def test_who_is_moved_now_is_told_what_changes_and_what_stays(price):
    target = next_version(price, features={"seats": 5, "charts": None}, grace_days=3)
    run(request_move(source=price.version, target=target, when="now"))
    assert told() == ["version_moved"]
    for words in (
        "Cutter changes today",
        "You get more: Charts.",
        "You get less: Exports, Seats: 5 instead of 10, Grace days: 3 days instead of 7 days.",
        "You go on paying €19.00 per month.",
    ):
        assert words in last()


def test_the_end_of_a_period_is_told_before_it_comes_and_not_again(price, monkeypatch):
    move = run(request_move(source=price.version, target=next_version(price), when="period_end"))
    end = Subscription.objects.get().current_period_end
    assert told() == ["version_moved"]
    assert f"Cutter changes on {date_format(end, 'j F Y')}" in last()
    assert (move.rows.get().state, moves_to_go_on_with()) == ("waiting", [])
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert run(move).state == "done"
    assert told() == ["version_moved"]


@pytest.mark.parametrize("when", ["now", "period_end"])
def test_another_price_is_told_in_the_same_mail_and_in_no_other(stripe, customer, cutter, when):
    target = next_version(cutter, amount=2900)
    at_stripe(stripe, target.prices.get())
    move = run(request_move(source=cutter.version, target=target, when=when))
    reconcile_customer(customer_id=customer.pk)
    end = Subscription.objects.get().current_period_end
    assert told() == ["version_moved"]
    assert f"From your next payment on {date_format(end, 'j F Y')} you pay €29.00 per month" in last()
    request_undo(move=move)
    run(move)
    reconcile_customer(customer_id=customer.pk)
    assert told() == ["version_moved", "move_taken_back"]
    assert "go on paying €19.00 per month" in last()


def test_a_move_that_nobody_notices_is_not_told(price):
    features = {"exports": None, "seats": 10}
    move = run(request_move(source=price.version, target=next_version(price, features=features), when="now"))
    request_undo(move=move)
    run(move)
    assert told() == []


@pytest.mark.parametrize("days", [0, -1])
def test_whose_plan_ends_before_is_not_told(price, days):
    end = Subscription.objects.get().current_period_end
    Subscription.objects.update(cancel_at=end + timedelta(days=days))
    run(request_move(source=price.version, target=next_version(price), when="period_end"))
    assert told() == []


def test_who_cancelled_and_is_moved_now_is_not_told_of_a_next_payment(stripe, customer, cutter):
    target = next_version(cutter, amount=2900)
    at_stripe(stripe, target.prices.get())
    subscription = Subscription.objects.get()
    stripe.client().v1.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
    reconcile_customer(customer_id=customer.pk)
    run(request_move(source=cutter.version, target=target, when="now"))
    assert "You cancelled Cutter, so nothing more is charged." in last()


def test_who_was_told_and_is_not_moved_after_all_is_told_that_too(price):
    move = run(request_move(source=price.version, target=next_version(price), when="period_end"))
    request_undo(move=move)
    assert run(move).state == "undone"
    assert told() == ["version_moved", "move_taken_back"]
    row = move.rows.get()
    assert (row.state, row.note) == ("skipped", "The move was undone before their turn came.")


def test_a_move_that_is_undone_before_it_began_is_told_to_nobody(price):
    move = request_move(source=price.version, target=next_version(price), when="now")
    request_undo(move=move)
    assert run(move).state == "undone"
    assert told() == []


def test_a_crash_before_or_after_the_telling_makes_no_second_notice(price, monkeypatch):
    move = request_move(source=price.version, target=next_version(price), when="now")
    for crash in (_before, _after):
        with monkeypatch.context() as patch:
            patch.setattr("billing.subscriptions.moving.telling.notify", crash)
            with pytest.raises(KeyboardInterrupt):
                run_batch(move=move)
        assert told() == []
    assert run(move).state == "done"
    assert told() == ["version_moved"]


def _before(**_):
    raise KeyboardInterrupt


def _after(**what):
    notify(**what)
    raise KeyboardInterrupt


def test_a_second_worker_neither_moves_nor_tells_again(price):
    """A job that was taken for dead and is not: both have read the same row."""
    move = request_move(source=price.version, target=next_version(price), when="now")
    rows = [MovedSubscription.objects.select_related("subscription").get() for _ in range(2)]
    steps.move_rights(rows[0], Teller(move))
    with pytest.raises(steps.TakenMeanwhile):
        steps.move_rights(rows[1], Teller(move))
    row = move.rows.get()
    assert (row.state, told()) == ("done", ["version_moved"])


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_the_end_of_a_period_moves_once_however_late_the_job_is(stripe, customer, cutter, monkeypatch, late):
    """Three days late the renewal has long been paid, at the new price."""
    target = next_version(cutter, amount=2900, features={"charts": None})
    at_stripe(stripe, target.prices.get())
    move = run(request_move(source=cutter.version, target=target, when="period_end"))
    end = Subscription.objects.get().current_period_end
    stripe.advance(days=32)
    reconcile_customer(customer_id=customer.pk)
    assert held(customer) == (1, 2900)
    epoch = type(customer).objects.get(pk=customer.pk).entitlements_epoch
    monkeypatch.setattr(timezone, "now", lambda: end + late)
    for _ in range(3):
        for pk in moves_to_go_on_with():
            run(VersionMove.objects.get(pk=pk))
    reconcile_customer(customer_id=customer.pk)
    assert (held(customer), move.rows.get().state, moves_to_go_on_with()) == ((2, 2900), "done", [])
    assert type(customer).objects.get(pk=customer.pk).entitlements_epoch == epoch + 1
    totals = {invoice.total for invoice in stripe.client().v1.invoices.list({"customer": customer.stripe_id})}
    assert totals == {1900, 2900}


def _active(stripe, price) -> bool:
    return bool(stripe.client().v1.prices.retrieve(price.stripe_price_id).active)


@pytest.fixture
def undoing(stripe, customer, cutter):
    """A move on its way back to a price that is off sale."""
    target = next_version(cutter, amount=2900)
    at_stripe(stripe, target.prices.get())
    stripe.client().v1.prices.update(cutter.stripe_price_id, {"active": False})
    move = run(request_move(source=cutter.version, target=target, when="now"))
    request_undo(move=move)
    move.refresh_from_db()
    return move


@pytest.mark.parametrize("point", ["_take", "close_prices", "_close", "_finish"])
def test_a_crash_while_undoing_leaves_no_retired_price_on_sale(stripe, cutter, undoing, monkeypatch, point):
    with monkeypatch.context() as patch:
        patch.setattr(running, point, _crash)
        with pytest.raises(KeyboardInterrupt):
            run_batch(move=undoing)
    assert _active(stripe, cutter) == (point != "_finish")
    assert moves_to_go_on_with() == [undoing.pk]
    assert run(VersionMove.objects.get()).state == "undone"
    assert (_active(stripe, cutter), held(undoing.rows.get().subscription.customer)) == (False, (1, 1900))
    assert (moves_to_go_on_with(), told()) == ([], ["version_moved", "move_taken_back"])


def _crash(*_, **__):
    raise KeyboardInterrupt


def test_a_crash_before_the_price_is_opened_is_healed_too(stripe, cutter, undoing, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(running, "update_price", _crash)
        with pytest.raises(KeyboardInterrupt):
            run_batch(move=undoing)
    assert VersionMove.objects.get().opened_prices == [cutter.stripe_price_id]
    assert run(VersionMove.objects.get()).state == "undone"
    assert not _active(stripe, cutter)


def test_the_audit_log_tells_of_a_move_what_somebody_decided_and_how_it_went(undoing):
    run(undoing)
    entries = AuditEntry.objects.filter(kind="move", operation="update").order_by("id")
    assert [entry.after.get("state") for entry in entries] == ["done", "undoing", "undone"]


def test_without_stripe_a_move_is_not_finished_before_the_price_is_off_sale(
    stripe, cutter, undoing, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(running, "_close", _unavailable)
        with pytest.raises(StripeUnavailable):
            run_batch(move=undoing)
    assert VersionMove.objects.get().state == "undoing"
    assert run(VersionMove.objects.get()).state == "undone"
    assert not _active(stripe, cutter)


def _unavailable(_):
    raise StripeUnavailable


@pytest.mark.django_db(transaction=True)
def test_the_mail_itself_is_sent_once_by_a_worker(stripe, monkeypatch):
    price = PriceFactory(version=PlanVersionFactory(plan__name="Cutter", features={"exports": None}))
    SubscriptionFactory.create_batch(2, price=price)
    move = request_move(source=price.version, target=next_version(price), when="now")
    run_worker()
    request_undo(move=move)
    run_worker()
    subjects = sorted(message.subject for message in mail.outbox)
    assert subjects == ["Cutter changes today"] * 2 + ["Cutter stays as it was"] * 2
