"""Invoices by themselves: made by hand, paid on their page, downloaded, given up."""

import re

import pytest
import stripe
from flask.testing import FlaskClient

from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.app import build
from tests.factories.stripe import DECLINED, VISA, Shop

CARD = {"number": VISA, "expiry": "12 / 34", "cvc": "123", "name": "Ada"}


@pytest.fixture
def visitor(sandbox: Sandbox) -> FlaskClient:
    return build(sandbox).test_client()


def by_hand(shop: Shop, customer: str, **params: object) -> stripe.Invoice:
    """A draft for two items: 5.00 once, and three times 2.50."""
    items = shop.stripe.v1.invoice_items
    items.create({"customer": customer, "amount": 500, "currency": "eur", "description": "Set-up"})
    pricing = {"price": shop.price(250, interval="").id}
    items.create({"customer": customer, "pricing": pricing, "quantity": 3})
    include = {"pending_invoice_items_behavior": "include"}
    return shop.stripe.v1.invoices.create({"customer": customer, **include, **params})


def test_an_invoice_by_hand_takes_what_is_pending_and_is_paid(shop: Shop) -> None:
    draft = by_hand(shop, shop.customer("pm_card_visa").id)
    assert (draft.status, draft.billing_reason, draft.total) == ("draft", "manual", 1250)
    final = shop.stripe.v1.invoices.finalize_invoice(draft.id)
    assert (final.status, final.amount_remaining) == ("open", 1250)
    paid = shop.stripe.v1.invoices.pay(draft.id)
    assert (paid.status, paid.amount_paid) == ("paid", 1250)
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        shop.stripe.v1.invoices.pay(draft.id)
    assert [line.amount for line in shop.stripe.v1.invoices.line_items.list(draft.id).data] == [500, 750]


def test_what_is_on_an_invoice_can_not_be_taken_back(shop: Shop) -> None:
    customer = shop.customer().id
    item = shop.stripe.v1.invoice_items.create({"customer": customer, "amount": 5, "currency": "eur"})
    assert shop.stripe.v1.invoice_items.retrieve(item.id).amount == 5
    assert shop.stripe.v1.invoice_items.delete(item.id).deleted
    draft = by_hand(shop, customer)
    dear, cheap = shop.stripe.v1.invoice_items.list({"customer": customer}).data
    assert shop.stripe.v1.invoice_items.delete(dear.id).deleted
    assert shop.stripe.v1.invoices.finalize_invoice(draft.id).total == 500
    with pytest.raises(stripe.InvalidRequestError, match="on a finalized invoice"):
        shop.stripe.v1.invoice_items.delete(cheap.id)


def test_an_automatic_draft_is_finalized_and_charged_after_an_hour(sandbox: Sandbox, shop: Shop) -> None:
    draft = by_hand(shop, shop.customer("pm_card_visa").id, auto_advance=True)
    sandbox.advance(hours=1)
    assert shop.stripe.v1.invoices.retrieve(draft.id).status == "paid"


def test_an_invoice_that_is_sent_waits_for_its_customer(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(collection_method="send_invoice", days_until_due=14)
    invoice = shop.invoices(made.id)[0]
    assert (made.status, invoice.status) == ("active", "open")
    assert invoice.due_date == sandbox.now + 14 * 86_400
    paid = shop.stripe.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
    assert (paid.status, paid.amount_paid) == ("paid", 0)
    with pytest.raises(stripe.InvalidRequestError, match="days_until_due"):
        shop.subscribe(collection_method="send_invoice")


def test_a_draft_can_be_thrown_away_and_a_finalized_invoice_voided(shop: Shop) -> None:
    customer = shop.customer().id
    assert shop.stripe.v1.invoices.delete(by_hand(shop, customer).id).deleted
    second = by_hand(shop, customer)
    with pytest.raises(stripe.InvalidRequestError, match="is draft"):
        shop.stripe.v1.invoices.void_invoice(second.id)
    shop.stripe.v1.invoices.finalize_invoice(second.id)
    with pytest.raises(stripe.InvalidRequestError, match="is open"):
        shop.stripe.v1.invoices.delete(second.id)
    assert shop.stripe.v1.invoices.mark_uncollectible(second.id).status == "uncollectible"
    assert shop.stripe.v1.invoices.void_invoice(second.id).status == "void"


def test_invoice_payments_lead_from_intents_to_invoices(shop: Shop) -> None:
    made = shop.subscribe()
    payments = shop.stripe.v1.invoice_payments
    payment = payments.list({"invoice": made.latest_invoice}).data[0]
    query = {"payment": {"type": "payment_intent", "payment_intent": payment.payment.payment_intent}}
    assert payments.list(query).data[0].invoice == made.latest_invoice
    assert payments.retrieve(payment.id).amount_paid == 1900


def test_an_open_invoice_is_paid_on_its_page(visitor: FlaskClient, shop: Shop) -> None:
    draft = by_hand(shop, shop.customer().id)
    path = shop.stripe.v1.invoices.finalize_invoice(draft.id).hosted_invoice_url.partition("12111")[2]
    assert "Pay €12.50" in visitor.get(path).text
    assert visitor.post(path, data={**CARD, "cvc": ""}).status_code == 422
    refused = visitor.post(path, data={**CARD, "number": DECLINED})
    assert "Your card was declined. Nothing was charged." in refused.text
    assert "non test card" in visitor.post(path, data={**CARD, "number": "4111111111111111"}).text
    assert visitor.post(path, data=CARD).status_code == 303
    assert shop.stripe.v1.invoices.retrieve(draft.id).status == "paid"
    assert "Pay €" not in visitor.get(path).text


def test_an_invoice_can_be_downloaded_as_a_pdf(visitor: FlaskClient, shop: Shop) -> None:
    made = shop.subscribe()
    invoice = shop.invoices(made.id)[0]
    answer = visitor.get(invoice.invoice_pdf.partition("12111")[2])
    assert answer.mimetype == "application/pdf"
    assert f"Invoice-{invoice.number}.pdf" in answer.headers["Content-Disposition"]
    body = answer.data
    assert body.startswith(b"%PDF-1.4")
    assert body.endswith(b"%%EOF\n")
    table = int(re.search(rb"startxref\n(\d+)", body)[1])
    assert body[table:].startswith(b"xref")
    for place in re.findall(rb"(\d{10}) 00000 n", body):
        assert re.match(rb"\d+ 0 obj", body[int(place) :])
    for shown in (invoice.number, "ada@example.com", "\x8019.00".encode("latin-1")):
        assert (shown if isinstance(shown, bytes) else shown.encode()) in body


def test_a_payment_has_a_receipt(visitor: FlaskClient, shop: Shop) -> None:
    shop.subscribe()
    charge = shop.stripe.v1.charges.list().data[0]
    page = visitor.get(charge.receipt_url.partition("12111")[2]).text
    assert "€19.00" in page
    assert "Visa ending in 4242" in page
    assert visitor.get("/receipts/ch_x").status_code == 404
