"""Checkout sessions: what a customer's visit to the hosted page makes, in Stripe's order."""

import datetime as dt

import pytest
import stripe

from sandbox.stripe import Sandbox
from sandbox.stripe.errors import ApiError
from tests.factories.stripe import (
    ASKS_ALWAYS,
    ASKS_ALWAYS_2,
    ASKS_ONCE,
    DECLINED,
    EXPIRED,
    FAILS_LATER,
    NO_FUNDS,
    NOON,
    Shop,
)

DAY = 86_400


def test_a_trial_starts_without_a_charge_in_stripes_order(sandbox: Sandbox, shop: Shop) -> None:
    session = shop.session(
        customer=shop.customer().id,
        client_reference_id="user-7",
        metadata={"from": "pricing"},
        subscription_data={"trial_period_days": 14, "metadata": {"plan": "pro"}},
    )
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 0)
    before = len(shop.types())

    sandbox.complete_checkout(session.id)

    done = shop.stripe.v1.checkout.sessions.retrieve(session.id)
    made = shop.subscription(done.subscription)
    assert (done.status, done.payment_status, done.url) == ("complete", "no_payment_required", None)
    assert (done.client_reference_id, done.metadata.to_dict()) == ("user-7", {"from": "pricing"})
    assert (made.status, made.metadata.to_dict()) == ("trialing", {"plan": "pro"})
    assert made.trial_end == made["items"].data[0].current_period_end == sandbox.now + 14 * DAY
    assert shop.invoices(made.id)[0].amount_due == 0
    assert shop.types(before) == [
        "setup_intent.created",
        "setup_intent.succeeded",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "checkout.session.completed",
    ]


def test_without_a_trial_the_first_period_is_paid_at_once(sandbox: Sandbox, shop: Shop) -> None:
    session = shop.session(customer=shop.customer().id)
    assert session.amount_total == 1900
    before = len(shop.types())

    done = sandbox.complete_checkout(session.id)

    made = shop.subscription(done["subscription"])
    invoice = shop.stripe.v1.invoices.retrieve(done["invoice"], {"expand": ["payments"]})
    assert (made.status, done["payment_status"]) == ("active", "paid")
    assert made["items"].data[0].current_period_end == at(2026, 2, 28)
    assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("paid", 1900, 0)
    assert invoice.parent.subscription_details.subscription == made.id
    assert invoice.payments.data[0].payment.type == "payment_intent"
    line = invoice.lines.data[0]
    assert line.pricing.price_details.price == made["items"].data[0].price.id
    assert line.parent.subscription_item_details.subscription_item == made["items"].data[0].id
    assert shop.types(before) == [
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
        "checkout.session.completed",
    ]


def at(year: int, month: int, day: int) -> int:
    """Noon of that day."""
    return int(NOON.replace(year=year, month=month, day=day).timestamp())


def test_a_year_ends_a_year_later(sandbox: Sandbox, shop: Shop) -> None:
    done = sandbox.complete_checkout(shop.session(shop.price(19000, "year")).id, email="b@example.com")
    made = shop.subscription(done["subscription"])
    assert made["items"].data[0].current_period_end == at(2027, 1, 31)
    assert done["amount_total"] == 19000


def test_a_stranger_becomes_a_customer(sandbox: Sandbox, shop: Shop) -> None:
    done = sandbox.complete_checkout(shop.session().id, email="new@example.com", name="New One")
    customer = shop.stripe.v1.customers.retrieve(done["customer"])
    assert (customer.email, customer.name) == ("new@example.com", "New One")
    assert done["customer_details"]["email"] == "new@example.com"


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        (DECLINED, "card_declined", "generic_decline"),
        (NO_FUNDS, "card_declined", "insufficient_funds"),
        (EXPIRED, "expired_card", None),
        (FAILS_LATER, "card_declined", "generic_decline"),
        ("4111111111111111", "card_declined", "test_mode_live_card"),
    ],
)
def test_a_refused_card_makes_nothing_and_leaves_the_session_open(
    sandbox: Sandbox, shop: Shop, card: str, code: str, decline_code: str | None
) -> None:
    session = shop.session(customer=shop.customer().id)
    before = len(shop.types())
    with pytest.raises(ApiError) as refusal:
        sandbox.complete_checkout(session.id, card=card)
    assert (refusal.value.code, refusal.value.details.get("decline_code")) == (code, decline_code)
    assert shop.types(before) == []
    assert sandbox.find("subscription") == []
    assert sandbox.complete_checkout(session.id)["status"] == "complete"


@pytest.mark.parametrize("card", [ASKS_ONCE, ASKS_ALWAYS, ASKS_ALWAYS_2])
def test_a_card_that_asks_for_its_owner_works_after_the_owner_confirmed(
    sandbox: Sandbox, shop: Shop, card: str
) -> None:
    done = sandbox.complete_checkout(shop.session(customer=shop.customer().id).id, card=card)
    assert shop.subscription(done["subscription"]).status == "active"


def test_a_session_is_paid_once(sandbox: Sandbox, shop: Shop) -> None:
    session = shop.session(customer=shop.customer().id)
    sandbox.complete_checkout(session.id)
    with pytest.raises(ApiError, match="complete"):
        sandbox.complete_checkout(session.id)
    assert len(sandbox.find("subscription")) == 1


def test_a_session_expires_by_itself_after_a_day(sandbox: Sandbox, shop: Shop) -> None:
    session = shop.session()
    assert session.expires_at == sandbox.now + DAY
    sandbox.advance(days=1)
    assert shop.stripe.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert shop.types()[-1] == "checkout.session.expired"
    with pytest.raises(ApiError, match="expired"):
        sandbox.complete_checkout(session.id)


def test_a_session_can_be_expired_early_but_once(shop: Shop) -> None:
    session = shop.session()
    assert shop.stripe.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        shop.stripe.v1.checkout.sessions.expire(session.id)


def test_line_items_can_be_listed_and_expanded(shop: Shop) -> None:
    session = shop.session(expand=["line_items"])
    listed = shop.stripe.v1.checkout.sessions.line_items.list(session.id)
    assert session.line_items.data[0].description == listed.data[0].description == "Pro"
    assert listed.data[0].amount_total == 1900


def test_a_payment_is_taken_once(sandbox: Sandbox, shop: Shop) -> None:
    pack = shop.price(2500, interval="")
    lines = [{"price": pack.id, "quantity": 2}]
    data = {"metadata": {"pack": "credits"}, "setup_future_usage": "off_session"}
    customer = shop.customer().id
    session = shop.session(mode="payment", line_items=lines, customer=customer, payment_intent_data=data)
    done = sandbox.complete_checkout(session.id)
    intent = shop.stripe.v1.payment_intents.retrieve(done["payment_intent"])
    assert (intent.amount_received, intent.status, intent.metadata["pack"]) == (5000, "succeeded", "credits")
    assert len(shop.stripe.v1.customers.payment_methods.list(customer).data) == 1


def test_a_card_is_saved_without_a_payment(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer().id
    session = shop.stripe.v1.checkout.sessions.create(
        {"mode": "setup", "customer": customer, "success_url": "https://shop.example/"}
    )
    done = sandbox.complete_checkout(session.id)
    intent = shop.stripe.v1.setup_intents.retrieve(done["setup_intent"], {"expand": ["payment_method"]})
    assert intent.payment_method.customer == customer


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mode": "payment"}, "recurring price"),
        ({"line_items": []}, "line_items"),
        ({"success_url": ""}, "success_url"),
        ({"success_url": "javascript:alert(1)"}, "Not a valid URL"),
        ({"cancel_url": "/plans"}, "Not a valid URL"),
        ({"expires_at": int(NOON.timestamp()) + 60}, "30 minutes"),
        ({"subscription_data": {"trial_period_days": 0}}, "between 1 and 730"),
        ({"subscription_data": {"trial_period_days": 3, "trial_end": 1}}, "only specify one"),
        ({"payment_intent_data": {"description": "x"}}, "can not pass"),
        ({"ui_mode": "embedded_page"}, "hosted page only"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(shop: Shop, change: dict, sentence: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=sentence):
        shop.session(**change)


def test_a_customer_and_an_address_exclude_each_other(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        shop.session(customer=shop.customer().id, customer_email="b@example.com")


def test_an_archived_price_can_not_be_bought(shop: Shop) -> None:
    price = shop.price()
    shop.stripe.v1.prices.update(price.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        shop.session(price)


def test_the_trial_is_counted_from_the_payment_not_from_the_session(sandbox: Sandbox, shop: Shop) -> None:
    session = shop.session(subscription_data={"trial_period_days": 7})
    sandbox.advance(hours=5)
    done = sandbox.complete_checkout(session.id, email="a@example.com")
    trial_end = shop.subscription(done["subscription"]).trial_end
    assert dt.datetime.fromtimestamp(trial_end, dt.UTC) == NOON + dt.timedelta(days=7, hours=5)
