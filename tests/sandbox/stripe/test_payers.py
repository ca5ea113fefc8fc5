"""Who pays on the checkout page: addresses, tax ids, guests, carts with a set-up fee, and no card at all."""

import pytest
import stripe
from flask.testing import FlaskClient

from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.app import build
from tests.factories.stripe import VISA, Shop

CARD = {"number": VISA, "expiry": "12 / 34", "cvc": "123", "name": "Ada Lovelace"}
TAXED = {"automatic_tax": {"enabled": True}}
KEEP = {"customer_update": {"address": "auto", "name": "auto"}}


@pytest.fixture
def visitor(sandbox: Sandbox) -> FlaskClient:
    return build(sandbox).test_client()


def order(shop: Shop, **params: object) -> stripe.checkout.Session:
    """An open session for a one-time price of 5.00."""
    items = [{"price": shop.price(500, interval="").id, "quantity": 1}]
    return shop.session(mode="payment", line_items=items, **params)


def test_tax_needs_an_address_or_leave_to_keep_the_one_typed(shop: Shop) -> None:
    customer = shop.customer().id
    with pytest.raises(stripe.InvalidRequestError, match="requires a valid address on the Customer"):
        shop.session(customer=customer, **TAXED)
    assert shop.session(customer=customer, **TAXED, **KEEP).automatic_tax.status == "requires_location_inputs"
    with pytest.raises(stripe.InvalidRequestError, match="requires updating business name"):
        shop.session(customer=customer, tax_id_collection={"enabled": True})


def test_what_a_payer_types_ends_up_on_the_customer_and_the_invoice(
    visitor: FlaskClient, sandbox: Sandbox, shop: Shop
) -> None:
    customer = shop.customer().id
    session = shop.session(customer=customer, tax_id_collection={"enabled": True}, **TAXED, **KEEP)
    path = session.url.partition("12111")[2]
    page = visitor.get(path).text
    assert "Country" in page
    assert "VAT number (optional)" in page
    typed = {**CARD, "country": "AT", "postal_code": "1010", "tax_id": "ATU12345678"}
    wrong = visitor.post(path, data={**typed, "tax_id": "AT1", "country": "XX"})
    assert wrong.status_code == 422
    assert "Choose your country." in wrong.text
    assert "for example DE123456789" in wrong.text
    assert visitor.post(path, data=typed).status_code == 303
    done = shop.stripe.v1.checkout.sessions.retrieve(session.id)
    assert (done.automatic_tax.status, done.customer_details.address.country) == ("complete", "AT")
    assert done.customer_details.tax_ids[0].value == "ATU12345678"
    known = shop.stripe.v1.customers.retrieve(customer, {"expand": ["tax_ids"]})
    assert (known.name, known.address.postal_code) == ("Ada Lovelace", "1010")
    assert known.tax_ids.data[0].country == "AT"
    invoice = shop.stripe.v1.invoices.retrieve(done.invoice)
    assert (invoice.automatic_tax.status, invoice.customer_tax_ids[0].value) == ("complete", "ATU12345678")
    assert shop.subscription(done.subscription).automatic_tax.enabled


def test_a_customer_who_is_not_to_be_changed_stays_as_it_was(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer(name="Old Name").id
    sandbox.complete_checkout(shop.session(customer=customer).id, name="New Name")
    assert shop.stripe.v1.customers.retrieve(customer).name == "Old Name"


def test_a_credit_pack_is_bought_with_an_invoice_and_the_card_is_kept(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer().id
    made = order(
        shop,
        customer=customer,
        invoice_creation={"enabled": True, "invoice_data": {"metadata": {"pack": "100"}}},
        payment_intent_data={"setup_future_usage": "off_session", "metadata": {"purchase": "7"}},
    )
    sandbox.complete_checkout(made.id)
    done = shop.stripe.v1.checkout.sessions.retrieve(made.id, {"expand": ["invoice", "payment_intent"]})
    assert (done.invoice.status, done.invoice.amount_paid) == ("paid", 500)
    assert (done.invoice.metadata["pack"], done.payment_intent.metadata["purchase"]) == ("100", "7")
    assert done.payment_intent.amount_received == 500
    assert shop.stripe.v1.payment_methods.list({"customer": customer}).data[0].card.last4 == "4242"
    assert shop.stripe.v1.invoice_items.list({"invoice": done.invoice.id}).data[0].amount == 500


def test_a_guest_pays_without_becoming_a_customer(sandbox: Sandbox, shop: Shop) -> None:
    sandbox.complete_checkout(order(shop).id, email="guest@example.com")
    done = sandbox.find("checkout.session")[-1]
    assert (done["customer"], done["customer_details"]["email"]) == (None, "guest@example.com")
    assert sandbox.find("customer") == []
    sandbox.complete_checkout(order(shop, customer_creation="always").id, email="kept@example.com")
    assert [found["email"] for found in sandbox.find("customer")] == ["kept@example.com"]


def test_a_set_up_fee_is_paid_with_the_first_period(sandbox: Sandbox, shop: Shop) -> None:
    items = [{"price": shop.price().id}, {"price": shop.price(500, interval="").id, "quantity": 1}]
    session = shop.session(line_items=[{**items[0], "quantity": 1}, items[1]])
    assert session.amount_total == 2400
    done = sandbox.complete_checkout(session.id)
    assert shop.invoices(str(done["subscription"]))[0].amount_paid == 2400


def test_a_trial_starts_without_a_card_where_none_is_required(
    visitor: FlaskClient, sandbox: Sandbox, shop: Shop
) -> None:
    end = {"end_behavior": {"missing_payment_method": "pause"}}
    trial = {"trial_period_days": 14, "trial_settings": end}
    common = {"payment_method_collection": "if_required", "customer": shop.customer().id}
    session = shop.session(subscription_data=trial, **common)
    path = session.url.partition("12111")[2]
    assert "You can leave the card out." in visitor.get(path).text
    assert visitor.post(path, data={}).status_code == 303
    made = str(sandbox.find("checkout.session")[-1]["subscription"])
    assert shop.subscription(made).status == "trialing"
    sandbox.advance(days=14)
    assert shop.subscription(made).status == "paused"
    at_once = shop.session(**common)
    answer = visitor.post(at_once.url.partition("12111")[2], data={})
    assert (answer.status_code, "Enter the card number" in answer.text) == (422, True)
