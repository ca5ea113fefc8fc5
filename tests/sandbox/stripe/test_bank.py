"""The bank's question outside checkout: for intents a page confirms, and for invoices that wait for it."""

import pytest
import stripe
from flask.testing import FlaskClient

from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.app import build
from tests.factories.stripe import ASKS_ALWAYS, Shop

CARD = {"number": ASKS_ALWAYS, "expiry": "12 / 34", "cvc": "123", "name": "Ada"}
ASKS = "pm_card_authenticationRequired"


@pytest.fixture
def visitor(sandbox: Sandbox) -> FlaskClient:
    return build(sandbox).test_client()


def bank_of(intent: stripe.PaymentIntent | stripe.SetupIntent) -> str:
    assert intent.status == "requires_action"
    return str(intent.next_action.redirect_to_url.url).partition("12111")[2]


def test_an_intent_leads_to_the_bank_and_back_to_the_shop(visitor: FlaskClient, shop: Shop) -> None:
    params = {"amount": 500, "currency": "eur", "payment_method": ASKS, "confirm": True}
    made = shop.stripe.v1.payment_intents.create({**params, "return_url": "https://shop.example/back"})
    assert "Confirm the payment" in visitor.get(bank_of(made)).text
    answer = visitor.post(bank_of(made), data={"answer": "approve"})
    assert answer.location == "https://shop.example/back"
    assert shop.stripe.v1.payment_intents.retrieve(made.id).status == "succeeded"
    assert visitor.get(bank_of(made)).status_code == 404


def test_a_refused_question_asks_for_another_card(visitor: FlaskClient, shop: Shop) -> None:
    params = {"amount": 500, "currency": "eur", "payment_method": ASKS, "confirm": True}
    made = shop.stripe.v1.payment_intents.create(params)
    visitor.post(bank_of(made), data={"answer": "refuse"})
    left = shop.stripe.v1.payment_intents.retrieve(made.id)
    assert left.status == "requires_payment_method"
    assert left.last_payment_error.code == "payment_intent_authentication_failure"


def test_a_card_is_set_up_after_the_banks_question(visitor: FlaskClient, shop: Shop) -> None:
    customer = shop.customer().id
    made = shop.stripe.v1.setup_intents.create({"customer": customer, "usage": "off_session"})
    confirmed = shop.stripe.v1.setup_intents.confirm(made.id, {"payment_method": ASKS})
    visitor.post(bank_of(confirmed), data={"answer": "approve"})
    assert shop.stripe.v1.setup_intents.retrieve(made.id).status == "succeeded"
    assert len(shop.stripe.v1.payment_methods.list({"customer": customer}).data) == 1


def test_a_renewal_that_needs_its_customer_is_paid_on_the_invoices_page(
    visitor: FlaskClient, sandbox: Sandbox, shop: Shop
) -> None:
    made = shop.subscribe()
    method = shop.stripe.v1.payment_methods.attach(ASKS, {"customer": str(made.customer)})
    shop.stripe.v1.subscriptions.update(made.id, {"default_payment_method": method.id})
    sandbox.advance(days=29)
    assert shop.subscription(made.id).status == "past_due"
    assert "invoice.payment_action_required" in shop.types()
    invoice = shop.invoices(made.id)[-1]
    page = str(invoice.hosted_invoice_url).partition("12111")[2]
    question = visitor.post(page, data=CARD).location
    assert question.startswith("/3ds/pi_")
    assert visitor.post(question, data={"answer": "approve"}).location.endswith(page)
    assert shop.stripe.v1.invoices.retrieve(invoice.id).status == "paid"
    assert shop.subscription(made.id).status == "active"


def test_money_can_be_set_aside_and_taken_later(shop: Shop) -> None:
    intents = shop.stripe.v1.payment_intents
    params = {"amount": 500, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    held = intents.create({**params, "capture_method": "manual"})
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 500, 0)
    taken = intents.capture(held.id, {"amount_to_capture": 300})
    assert (taken.status, taken.amount_received) == ("succeeded", 300)
    charge = shop.stripe.v1.charges.retrieve(str(taken.latest_charge), {"expand": ["balance_transaction"]})
    assert (charge.captured, charge.amount_captured, charge.balance_transaction.amount) == (True, 300, 300)
    with pytest.raises(stripe.InvalidRequestError, match="could not be captured"):
        intents.capture(held.id)
    let_go = intents.create({**params, "capture_method": "manual"})
    assert intents.cancel(let_go.id).status == "canceled"


def test_what_is_too_small_to_be_charged_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"at least €0\.50") as caught:
        shop.stripe.v1.payment_intents.create({"amount": 49, "currency": "eur"})
    assert (caught.value.code, caught.value.param) == ("amount_too_small", "amount")
