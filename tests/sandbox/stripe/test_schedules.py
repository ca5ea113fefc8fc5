"""Subscription schedules: a change planned for later happens then, once."""

import datetime as dt

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop

DAY = 86_400


def downgrade(shop: Shop, made: stripe.Subscription, price: stripe.Price) -> stripe.SubscriptionSchedule:
    """Plan another price from the end of the period on, as a site does for a downgrade."""
    schedules = shop.stripe.v1.subscription_schedules
    schedule = schedules.create({"from_subscription": made.id})
    now, item = schedule.phases[0], made["items"].data[0]
    present = {"items": [{"price": item.price.id, "quantity": 1}], "end_date": now.end_date}
    later = {"items": [{"price": price.id, "quantity": 1}]}
    phases = [{**present, "start_date": now.start_date}, later]
    return schedules.update(schedule.id, {"phases": phases, "end_behavior": "release"})


def test_a_downgrade_waits_for_the_period_to_end(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(price=shop.price(3900))
    schedule = downgrade(shop, made, shop.price(1900))
    assert shop.subscription(made.id).schedule == schedule.id
    assert shop.subscription(made.id)["items"].data[0].price.unit_amount == 3900

    sandbox.advance(days=28, hours=1)
    after = shop.subscription(made.id)
    assert (after["items"].data[0].price.unit_amount, after.schedule) == (1900, schedule.id)
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [3900, 1900]

    sandbox.advance(days=31)
    released = shop.stripe.v1.subscription_schedules.retrieve(schedule.id)
    assert (released.status, released.released_subscription) == ("released", made.id)
    assert shop.subscription(made.id).schedule is None
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [3900, 1900, 1900]


def test_a_move_to_a_year_at_the_periods_end_bills_the_year_once(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    downgrade(shop, made, shop.price(19000, "year"))
    sandbox.advance(days=60)
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [1900, 19000]
    ends = dt.datetime.fromtimestamp(shop.subscription(made.id)["items"].data[0].current_period_end, dt.UTC)
    assert ends == dt.datetime(2027, 2, 28, 12, tzinfo=dt.UTC)


def test_a_plan_can_be_dropped_and_the_subscription_goes_on(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(price=shop.price(3900))
    schedule = downgrade(shop, made, shop.price(1900))
    assert shop.stripe.v1.subscription_schedules.release(schedule.id).status == "released"
    sandbox.advance(days=29)
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [3900, 3900]
    with pytest.raises(stripe.InvalidRequestError, match="released"):
        shop.stripe.v1.subscription_schedules.release(schedule.id)


def test_a_schedule_begins_a_subscription_and_cancels_it_at_its_end(sandbox: Sandbox, shop: Shop) -> None:
    phases = [{"items": [{"price": shop.price().id}], "duration": {"interval": "month", "interval_count": 2}}]
    start = sandbox.now + DAY
    params = {"customer": shop.customer("pm_card_visa").id, "start_date": start, "phases": phases}
    schedule = shop.stripe.v1.subscription_schedules.create({**params, "end_behavior": "cancel"})
    assert (schedule.status, schedule.subscription) == ("not_started", None)
    sandbox.advance(days=2)
    schedule = shop.stripe.v1.subscription_schedules.retrieve(schedule.id)
    assert shop.subscription(schedule.subscription).status == "active"
    sandbox.advance(days=70)
    assert shop.subscription(schedule.subscription).status == "canceled"
    assert shop.stripe.v1.subscription_schedules.retrieve(schedule.id).status == "completed"
    assert len(shop.invoices(schedule.subscription)) == 2


def test_a_schedule_ends_with_its_subscription(shop: Shop) -> None:
    made = shop.subscribe()
    schedule = downgrade(shop, made, shop.price(900))
    shop.stripe.v1.subscriptions.cancel(made.id)
    assert shop.stripe.v1.subscription_schedules.retrieve(schedule.id).status == "canceled"
    assert shop.types()[-1] == "subscription_schedule.canceled"


def test_a_subscription_has_one_schedule(shop: Shop) -> None:
    made = shop.subscribe()
    downgrade(shop, made, shop.price(900))
    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        shop.stripe.v1.subscription_schedules.create({"from_subscription": made.id})


def test_phases_need_items_and_time(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer("pm_card_visa").id
    price = shop.price().id
    for phase in ({"items": []}, {"items": [{"price": price}], "end_date": sandbox.now}):
        with pytest.raises(stripe.InvalidRequestError):
            shop.stripe.v1.subscription_schedules.create({"customer": customer, "phases": [phase]})
