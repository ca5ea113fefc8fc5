"""Test clocks: some customers live faster than the rest."""

import datetime as dt

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import NOON, Shop

DAY = 86_400
START = int(dt.datetime(2030, 1, 31, 12, tzinfo=dt.UTC).timestamp())


def test_customers_of_a_clock_renew_by_it_and_others_do_not(sandbox: Sandbox, shop: Shop) -> None:
    clocks = shop.stripe.v1.test_helpers.test_clocks
    clock = clocks.create({"frozen_time": START})
    fast = shop.subscribe(customer=shop.customer("pm_card_visa", test_clock=clock.id).id)
    slow = shop.subscribe()
    assert (fast.test_clock, fast.start_date) == (clock.id, START)

    moved = clocks.advance(clock.id, {"frozen_time": START + 40 * DAY})
    assert (moved.status, moved.frozen_time) == ("ready", START + 40 * DAY)
    assert [invoice.created for invoice in shop.invoices(fast.id)] == [START, START + 28 * DAY]
    assert len(shop.invoices(slow.id)) == 1
    assert sandbox.now == int(NOON.timestamp())
    assert shop.types()[-1] == "test_helpers.test_clock.ready"


def test_a_clock_never_goes_back(shop: Shop) -> None:
    clocks = shop.stripe.v1.test_helpers.test_clocks
    clock = clocks.create({"frozen_time": START})
    with pytest.raises(stripe.InvalidRequestError, match="after the clock's current time"):
        clocks.advance(clock.id, {"frozen_time": START})
    with pytest.raises(stripe.InvalidRequestError, match="No such test clock"):
        shop.customer(test_clock="clock_x")


def test_deleting_a_clock_deletes_who_lives_by_it(shop: Shop) -> None:
    clocks = shop.stripe.v1.test_helpers.test_clocks
    clock = clocks.create({"frozen_time": START})
    customer = shop.customer(test_clock=clock.id)
    assert clocks.delete(clock.id).deleted
    assert shop.stripe.v1.customers.retrieve(customer.id).deleted
    assert clocks.list().data == []
