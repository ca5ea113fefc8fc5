"""Coupons and promotion codes, against amounts worked out by hand."""

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe import Sandbox, checkout_page
from sandbox.stripe.billing.discounting import split
from sandbox.stripe.errors import ApiError
from sandbox.stripe.hosted.app import build
from tests.factories.stripe import VISA, Shop

CARD = {"number": VISA, "expiry": "12 / 34", "cvc": "123", "name": "Ada", "email": "ada@example.com"}


def coupon(shop: Shop, **params: object) -> stripe.Coupon:
    """A coupon; a quarter off once unless told otherwise."""
    return shop.stripe.v1.coupons.create({"duration": "once", **(params or {"percent_off": 25})})


def paid(shop: Shop, subscription_id: str) -> list[int]:
    """What each of the subscription's invoices cost, in cents."""
    return [invoice.amount_paid for invoice in shop.invoices(subscription_id)]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"duration": "once", "percent_off": 25}, [1425, 1900, 1900, 1900]),
        ({"duration": "once", "amount_off": 500, "currency": "eur"}, [1400, 1900, 1900, 1900]),
        ({"duration": "repeating", "duration_in_months": 2, "percent_off": 50}, [950, 950, 1900, 1900]),
        ({"duration": "forever", "percent_off": 10}, [1710, 1710, 1710, 1710]),
        ({"duration": "once", "amount_off": 5000, "currency": "eur"}, [0, 1900, 1900, 1900]),
    ],
)
def test_a_coupon_lasts_as_long_as_it_says(
    sandbox: Sandbox, shop: Shop, params: dict, expected: list[int]
) -> None:
    made = shop.subscribe(discounts=[{"coupon": coupon(shop, **params).id}])
    sandbox.advance(days=95)
    assert paid(shop, made.id) == expected


def test_a_coupon_for_one_invoice_waits_for_the_trial_to_end(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(trial_period_days=7, discounts=[{"coupon": coupon(shop).id}])
    sandbox.advance(days=40)
    assert paid(shop, made.id) == [0, 1425, 1900]


def test_an_invoice_names_its_discounts(shop: Shop) -> None:
    made = shop.subscribe(discounts=[{"coupon": coupon(shop).id}])
    invoice = shop.stripe.v1.invoices.retrieve(made.latest_invoice, {"expand": ["discounts"]})
    discount = invoice.discounts[0]
    assert (invoice.subtotal, invoice.total) == (1900, 1425)
    assert invoice.total_discount_amounts[0].to_dict() == {"amount": 475, "discount": discount.id}
    assert invoice.lines.data[0].discount_amounts[0].amount == 475
    assert discount.source.type == "coupon"


def test_a_coupon_limited_to_a_product_leaves_the_others_alone(shop: Shop) -> None:
    cheap, dear = shop.price(1000), shop.price(3000)
    limited = coupon(shop, percent_off=50, applies_to={"products": [cheap.product]})
    made = shop.subscribe(items=[{"price": cheap.id}, {"price": dear.id}], discounts=[{"coupon": limited.id}])
    assert paid(shop, made.id) == [3500]


def test_a_spent_or_late_coupon_is_refused(sandbox: Sandbox, shop: Shop) -> None:
    single = coupon(shop, percent_off=10, max_redemptions=1)
    shop.subscribe(discounts=[{"coupon": single.id}])
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        shop.subscribe(discounts=[{"coupon": single.id}])
    assert not shop.stripe.v1.coupons.retrieve(single.id).valid
    short = coupon(shop, percent_off=10, redeem_by=sandbox.now + 60)
    sandbox.advance(hours=1)
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        shop.subscribe(discounts=[{"coupon": short.id}])


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent_off": 0},
        {"percent_off": 101},
        {"percent_off": 5, "amount_off": 5},
        {"amount_off": 5},
        {"duration": "repeating", "percent_off": 5},
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(shop: Shop, wrong: dict) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        coupon(shop, **wrong)


def test_a_discount_can_be_added_later_and_removed(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    forever = coupon(shop, duration="forever", percent_off=50)
    shop.stripe.v1.subscriptions.update(made.id, {"discounts": [{"coupon": forever.id}]})
    sandbox.advance(days=29)
    shop.stripe.v1.subscriptions.delete_discount(made.id)
    sandbox.advance(days=31)
    assert paid(shop, made.id) == [1900, 950, 1900]


def promotion(shop: Shop, **params: object) -> stripe.PromotionCode:
    """The code WELCOME for a quarter off."""
    source = {"type": "coupon", "coupon": coupon(shop).id}
    return shop.stripe.v1.promotion_codes.create({"promotion": source, "code": "WELCOME", **params})


def test_a_code_is_typed_on_the_checkout_page(sandbox: Sandbox, shop: Shop) -> None:
    promotion(shop)
    session = shop.session(allow_promotion_codes=True)
    browser, path = build(sandbox).test_client(), session.url.partition("12111")[2]
    assert "Promotion code" in browser.get(path).text

    refused = browser.post(path, data={**CARD, "code": "NOPE", "action": "redeem"})
    assert "This promotion code is not known." in refused.text
    assert f'value="{VISA}"' in refused.text

    applied = browser.post(path, data={**CARD, "code": "welcome", "action": "redeem"})
    assert applied.status_code == 200
    for shown in ("\u2212€4.75", "€14.25", "25 %"):
        assert shown in applied.text
    assert browser.post(path, data=CARD).status_code == 303
    done = shop.stripe.v1.checkout.sessions.retrieve(session.id)
    assert (done.amount_subtotal, done.amount_total, done.total_details.amount_discount) == (1900, 1425, 475)
    assert paid(shop, done.subscription) == [1425]


def test_a_code_is_not_offered_unless_the_shop_allows_it(sandbox: Sandbox, shop: Shop) -> None:
    promotion(shop)
    session = shop.session()
    browser, path = build(sandbox).test_client(), session.url.partition("12111")[2]
    assert "Promotion code" not in browser.get(path).text
    assert browser.post(path, data={**CARD, "code": "WELCOME", "action": "redeem"}).status_code == 422
    assert shop.stripe.v1.checkout.sessions.retrieve(session.id).amount_total == 1900


def test_a_code_belongs_to_its_customer_and_to_first_orders(shop: Shop) -> None:
    owner = shop.customer("pm_card_visa")
    code = promotion(shop, customer=owner.id, restrictions={"first_time_transaction": True})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be redeemed by this customer"):
        shop.subscribe(discounts=[{"promotion_code": code.id}])
    shop.subscribe(customer=owner.id, discounts=[{"promotion_code": code.id}])
    with pytest.raises(stripe.InvalidRequestError, match="prior transactions"):
        shop.subscribe(customer=owner.id, discounts=[{"promotion_code": code.id}])
    assert shop.stripe.v1.promotion_codes.retrieve(code.id).times_redeemed == 1


def test_a_code_switched_off_is_refused_and_found_by_its_text(shop: Shop) -> None:
    code = promotion(shop)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        promotion(shop)
    assert shop.stripe.v1.promotion_codes.list({"code": "WELCOME", "active": True}).data[0].id == code.id
    shop.stripe.v1.promotion_codes.update(code.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="no longer valid"):
        shop.subscribe(discounts=[{"promotion_code": code.id}])


@given(st.integers(1, 10_000), st.lists(st.integers(0, 5_000), min_size=1, max_size=6))
def test_a_fixed_sum_is_shared_to_the_last_cent(off: int, amounts: list[int]) -> None:
    parts = split({"percent_off": None, "amount_off": off}, amounts)
    assert sum(parts) == min(off, sum(amounts))
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))


def test_a_coupon_in_another_currency_is_refused(shop: Shop) -> None:
    coupon = shop.stripe.v1.coupons.create({"amount_off": 100, "currency": "usd", "duration": "once"})
    wanted = [{"coupon": coupon.id}]
    with pytest.raises(stripe.InvalidRequestError, match="is in usd"):
        shop.subscribe(discounts=wanted)
    with pytest.raises(stripe.InvalidRequestError, match="is in usd"):
        shop.session(discounts=wanted)


def test_a_code_may_ask_for_a_larger_order(sandbox: Sandbox, shop: Shop) -> None:
    coupon = shop.stripe.v1.coupons.create({"percent_off": 10, "duration": "once"})
    least = {"minimum_amount": 5000, "minimum_amount_currency": "eur"}
    promotion = {"promotion": {"type": "coupon", "coupon": coupon.id}, "restrictions": least}
    code = shop.stripe.v1.promotion_codes.create({**promotion, "code": "BIG"})
    small = shop.session(allow_promotion_codes=True)
    with pytest.raises(ApiError, match=r"at least €50\.00"):
        checkout_page.redeem(sandbox.world, small.id, "BIG")
    with pytest.raises(stripe.InvalidRequestError, match=r"at least €50\.00"):
        shop.subscribe(discounts=[{"promotion_code": code.id}])
    large = shop.session(shop.price(9000), allow_promotion_codes=True)
    checkout_page.redeem(sandbox.world, large.id, "BIG")
    assert shop.stripe.v1.checkout.sessions.retrieve(large.id).amount_total == 8100


def test_a_coupon_limited_to_a_product_leaves_the_rest_of_the_cart_alone(shop: Shop) -> None:
    fee = shop.price(500, interval="")
    applies = {"applies_to": {"products": [fee.product]}}
    coupon = shop.stripe.v1.coupons.create({"percent_off": 50, "duration": "once", **applies})
    items = [{"price": shop.price().id, "quantity": 1}, {"price": fee.id, "quantity": 1}]
    assert shop.session(line_items=items, discounts=[{"coupon": coupon.id}]).amount_total == 2150
