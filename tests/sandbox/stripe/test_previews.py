"""Previews: what a change, a discount, a planned phase or a cancellation would cost, with nothing stored."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop


@pytest.fixture
def mine(shop: Shop) -> stripe.Subscription:
    return shop.subscribe()


def preview(shop: Shop, **params: object) -> stripe.Invoice:
    return shop.stripe.v1.invoices.create_preview(params)


def test_a_discount_is_counted_in(shop: Shop, mine: stripe.Subscription) -> None:
    coupon = shop.stripe.v1.coupons.create({"percent_off": 10, "duration": "once"})
    assert preview(shop, subscription=mine.id, discounts=[{"coupon": coupon.id}]).total == 1710
    assert shop.stripe.v1.coupons.retrieve(coupon.id).times_redeemed == 0


def test_a_new_subscription_shows_its_tax(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer(address={"country": "DE"}).id
    wanted = {"items": [{"price": shop.price().id}]}
    taxed = {"automatic_tax": {"enabled": True}}
    seen = preview(shop, customer=customer, subscription_details=wanted, **taxed)
    assert (seen.total, seen.automatic_tax.status) == (1900, "complete")
    assert seen.total_taxes[0].taxability_reason == "not_collecting"


def test_a_planned_downgrade_shows_the_cheaper_renewal(shop: Shop, mine: stripe.Subscription) -> None:
    schedules, cheap = shop.stripe.v1.subscription_schedules, shop.price(900)
    made = schedules.create({"from_subscription": mine.id})
    first = made.phases[0]
    now = {"items": [{"price": mine["items"].data[0].price.id}], "start_date": first.start_date}
    phases = [{**now, "end_date": first.end_date}, {"items": [{"price": cheap.id}]}]
    schedules.update(made.id, {"phases": phases})
    assert preview(shop, schedule=made.id).total == 900
    assert shop.subscription(mine.id)["items"].data[0].price.unit_amount == 1900


def test_ending_now_shows_what_comes_back(sandbox: Sandbox, shop: Shop, mine: stripe.Subscription) -> None:
    sandbox.advance(days=14)
    details = {"cancel_now": True, "proration_behavior": "always_invoice"}
    # 14 of 28 days are left of 19.00.
    assert preview(shop, subscription=mine.id, subscription_details=details).total == -950
    assert shop.subscription(mine.id).status == "active"


def test_ending_now_gives_unused_time_back_to_the_balance(
    sandbox: Sandbox, shop: Shop, mine: stripe.Subscription
) -> None:
    sandbox.advance(days=14)
    ended = shop.stripe.v1.subscriptions.cancel(mine.id, {"invoice_now": True, "prorate": True})
    assert ended.status == "canceled"
    assert shop.stripe.v1.customers.retrieve(str(mine.customer)).balance == -950
    later = shop.subscribe()
    sandbox.advance(days=14)
    shop.stripe.v1.subscriptions.cancel(later.id, {"prorate": True})
    waiting = shop.stripe.v1.invoice_items.list({"customer": str(later.customer), "pending": True}).data
    assert [item.amount for item in waiting] == [-950]


def test_extra_items_are_counted_in(shop: Shop, mine: stripe.Subscription) -> None:
    extra = [{"amount": 100, "currency": "eur", "description": "Fee"}]
    assert preview(shop, subscription=mine.id, invoice_items=extra).total == 2000
    assert preview(shop, customer=str(mine.customer), invoice_items=extra).total == 100
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param"):
        preview(shop, customer=str(mine.customer))


def test_a_week_before_the_renewal_its_price_is_told(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    sandbox.advance(days=20)
    assert "invoice.upcoming" not in shop.types()
    sandbox.advance(days=1)
    told = sandbox.find("event", type="invoice.upcoming")[0]["data"]["object"]
    assert (told["total"], told["billing_reason"]) == (1900, "upcoming")
    assert told["parent"]["subscription_details"]["subscription"] == made.id
    sandbox.advance(days=31)
    assert shop.types().count("invoice.upcoming") == 2


def test_nothing_is_told_of_a_renewal_that_will_not_come(sandbox: Sandbox, shop: Shop) -> None:
    shop.subscribe(cancel_at_period_end=True)
    sandbox.advance(days=28)
    assert "invoice.upcoming" not in shop.types()
