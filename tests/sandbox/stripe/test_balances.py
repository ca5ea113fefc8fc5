"""A customer's balance: every movement is written down, and invoices eat it up."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop


def entries(shop: Shop, customer: str) -> list[tuple[str, int, int]]:
    found = shop.stripe.v1.customers.balance_transactions.list(customer).data
    return [(entry.type, entry.amount, entry.ending_balance) for entry in found[::-1]]


def test_credit_given_by_hand_lowers_the_next_invoices(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer("pm_card_visa").id
    given = {"amount": -2500, "currency": "eur", "description": "Goodwill", "metadata": {"case": "7"}}
    made = shop.stripe.v1.customers.balance_transactions.create(customer, given)
    assert (made.description, made.metadata["case"], made.ending_balance) == ("Goodwill", "7", -2500)
    subscription = shop.subscribe(customer=customer)
    sandbox.advance(days=29)
    assert [invoice.amount_paid for invoice in shop.invoices(subscription.id)] == [0, 1300]
    assert entries(shop, customer) == [
        ("adjustment", -2500, -2500),
        ("applied_to_invoice", 1900, -600),
        ("applied_to_invoice", 600, 0),
    ]


def test_setting_the_balance_is_an_entry_too(shop: Shop) -> None:
    customer = shop.customer(balance=-100).id
    shop.stripe.v1.customers.update(customer, {"balance": 50})
    assert entries(shop, customer) == [("initial", -100, -100), ("adjustment", 150, 50)]
    assert shop.types()[-1] == "customer.updated"


def test_a_voided_invoice_gives_back_what_it_took(shop: Shop) -> None:
    customer = shop.customer(balance=-300).id
    shop.stripe.v1.invoice_items.create({"customer": customer, "amount": 500, "currency": "eur"})
    include = {"pending_invoice_items_behavior": "include"}
    invoice = shop.stripe.v1.invoices.create({"customer": customer, **include})
    assert shop.stripe.v1.invoices.finalize_invoice(invoice.id).amount_due == 200
    shop.stripe.v1.invoices.void_invoice(invoice.id)
    assert entries(shop, customer)[1:] == [
        ("applied_to_invoice", 300, 0),
        ("unapplied_from_invoice", -300, -300),
    ]


def test_an_entry_belongs_to_its_customer_and_keeps_its_amount(shop: Shop) -> None:
    mine, other = shop.customer(balance=-100).id, shop.customer().id
    service = shop.stripe.v1.customers.balance_transactions
    entry = service.list(mine).data[0]
    assert service.update(mine, entry.id, {"description": "Why"}).description == "Why"
    assert service.retrieve(mine, entry.id).amount == -100
    with pytest.raises(stripe.InvalidRequestError, match="No such customer balance transaction"):
        service.retrieve(other, entry.id)
