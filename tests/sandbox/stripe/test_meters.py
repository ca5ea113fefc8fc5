"""Metered usage: counted once, summed by its formula, billed when the period is over."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop

DAY = 86_400


def meter(shop: Shop, formula: str = "sum") -> stripe.billing.Meter:
    """A meter for API calls."""
    aggregation = {"formula": formula}
    params = {"display_name": "Calls", "event_name": "calls", "default_aggregation": aggregation}
    return shop.stripe.v1.billing.meters.create(params)


def use(shop: Shop, customer: str, value: str, **params: object) -> stripe.billing.MeterEvent:
    """Report usage."""
    payload = {"stripe_customer_id": customer, "value": value}
    event = {"event_name": "calls", "payload": payload, **params}
    return shop.stripe.v1.billing.meter_events.create(event)


def metered(shop: Shop, made: stripe.billing.Meter, **params: object) -> stripe.Price:
    """Two cents per call."""
    recurring = {"interval": "month", "usage_type": "metered", "meter": made.id}
    return shop.price(2, interval="", recurring=recurring, **params)


@pytest.mark.parametrize(("formula", "expected"), [("sum", 15.5), ("count", 3.0), ("last", 2.5)])
def test_a_meter_adds_up_by_its_formula(sandbox: Sandbox, shop: Shop, formula: str, expected: float) -> None:
    made, customer = meter(shop, formula), shop.customer().id
    for value in ("10", "3", "2.5"):
        use(shop, customer, value)
        sandbox.advance(hours=1)
    span = {"customer": customer, "start_time": sandbox.now - DAY, "end_time": sandbox.now}
    summary = shop.stripe.v1.billing.meters.event_summaries.list(made.id, span).data[0]
    assert summary.aggregated_value == expected


def test_summaries_can_be_had_by_the_day(sandbox: Sandbox, shop: Shop) -> None:
    made, customer, start = meter(shop), shop.customer().id, sandbox.now
    for value in ("1", "2", "4"):
        use(shop, customer, value)
        sandbox.advance(days=1)
    span = {
        "customer": customer,
        "start_time": start,
        "end_time": sandbox.now,
        "value_grouping_window": "day",
    }
    found = shop.stripe.v1.billing.meters.event_summaries.list(made.id, span).data
    assert [summary.aggregated_value for summary in found] == [4.0, 2.0, 1.0]


def test_the_same_identifier_counts_once_a_day(sandbox: Sandbox, shop: Shop) -> None:
    meter(shop)
    customer = shop.customer().id
    use(shop, customer, "1", identifier="row-7")
    with pytest.raises(stripe.InvalidRequestError, match="already exists with identifier row-7"):
        use(shop, customer, "1", identifier="row-7")
    sandbox.advance(days=1, seconds=1)
    assert use(shop, customer, "1", identifier="row-7").identifier == "row-7"


@pytest.mark.parametrize("offset", [-35 * DAY - 1, 301])
def test_usage_too_old_or_from_the_future_is_refused(sandbox: Sandbox, shop: Shop, offset: int) -> None:
    meter(shop)
    with pytest.raises(stripe.InvalidRequestError, match="past 35 days"):
        use(shop, shop.customer().id, "1", timestamp=sandbox.now + offset)


@pytest.mark.parametrize("value", ["many", "", "NaN", "Infinity"])
def test_usage_must_be_a_number(shop: Shop, value: str) -> None:
    meter(shop)
    with pytest.raises(stripe.InvalidRequestError, match="needs a number"):
        use(shop, shop.customer().id, value)


def test_usage_of_nobody_or_of_no_meter_is_refused(shop: Shop) -> None:
    made = meter(shop)
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        use(shop, "cus_x", "1")
    shop.stripe.v1.billing.meters.deactivate(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such meter"):
        use(shop, shop.customer().id, "1")
    shop.stripe.v1.billing.meters.reactivate(made.id)
    assert use(shop, shop.customer().id, "1").event_name == "calls"


def test_a_month_of_usage_is_billed_with_the_renewal(sandbox: Sandbox, shop: Shop) -> None:
    calls, base = metered(shop, meter(shop)), shop.price(1000)
    made = shop.subscribe(items=[{"price": base.id}, {"price": calls.id}])
    assert [invoice.total for invoice in shop.invoices(made.id)] == [1000]
    use(shop, made.customer, "150")
    sandbox.advance(days=20)
    use(shop, made.customer, "25")
    preview = shop.stripe.v1.invoices.create_preview({"subscription": made.id})
    assert preview.total == 1350  # 175 calls at 2 cents, and the next month's 10.00
    sandbox.advance(days=8, hours=2)
    use(shop, made.customer, "7")
    renewal = shop.invoices(made.id)[-1]
    assert [(line.amount, line.quantity) for line in renewal.lines.data] == [(350, 175), (1000, 1)]
    assert (renewal.status, renewal.amount_paid) == ("paid", 1350)
    sandbox.advance(days=31)
    assert shop.invoices(made.id)[-1].total == 1014


def test_usage_during_a_trial_is_free(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(price=metered(shop, meter(shop)), trial_period_days=7)
    use(shop, made.customer, "100")
    sandbox.advance(days=7, hours=2)
    use(shop, made.customer, "10")
    sandbox.advance(days=29)
    assert [invoice.total for invoice in shop.invoices(made.id)] == [0, 0, 20]


def test_the_last_usage_is_billed_when_the_subscription_ends(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(price=metered(shop, meter(shop)))
    use(shop, made.customer, "100")
    shop.stripe.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    sandbox.advance(days=28)
    assert shop.subscription(made.id).status == "canceled"
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [0, 200]


def test_one_active_meter_per_event_name(shop: Shop) -> None:
    made = meter(shop)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        meter(shop)
    renamed = shop.stripe.v1.billing.meters.update(made.id, {"display_name": "Requests"})
    assert renamed.display_name == "Requests"
    assert shop.stripe.v1.billing.meters.list({"status": "active"}).data[0].id == made.id
