"""Automatic tax and tax ids: nothing without a place, zero without a registration, a rate on demand."""

from decimal import Decimal

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop

BERLIN = {"country": "DE", "postal_code": "10115", "city": "Berlin", "line1": "Invalidenstr. 1"}
TAXED = {"automatic_tax": {"enabled": True}}


def test_without_a_registration_tax_is_worked_out_to_nothing(shop: Shop) -> None:
    made = shop.subscribe(customer=shop.customer("pm_card_visa", address=BERLIN).id, **TAXED)
    invoice = shop.invoices(made.id)[0]
    assert (made.automatic_tax.enabled, invoice.automatic_tax.status) == (True, "complete")
    assert (invoice.total, invoice.total_excluding_tax) == (1900, 1900)
    assert invoice.lines.data[0].taxes[0].taxability_reason == "not_collecting"


def test_tax_needs_to_know_where_the_customer_is(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="location isn't recognized") as caught:
        shop.subscribe(**TAXED)
    assert caught.value.code == "customer_tax_location_invalid"
    with pytest.raises(stripe.InvalidRequestError, match="location isn't recognized"):
        shop.stripe.v1.invoices.create({"customer": shop.customer().id, **TAXED})


def test_a_rate_comes_on_top_or_is_inside_as_the_price_says(sandbox: Sandbox, shop: Shop) -> None:
    sandbox.world.settings.tax_percent = Decimal(19)
    customer = shop.customer("pm_card_visa", address=BERLIN).id
    on_top = shop.invoices(shop.subscribe(customer=customer, **TAXED).id)[0]
    # 19 % of 1900 are 361.
    assert (on_top.subtotal, on_top.total, on_top.total_excluding_tax) == (1900, 2261, 1900)
    assert on_top.amount_paid == 2261
    price = shop.price(1190, tax_behavior="inclusive")
    inside = shop.invoices(shop.subscribe(customer=customer, price=price, **TAXED).id)[0]
    # 1190 hold 19 % of 1000.
    assert (inside.total, inside.total_excluding_tax, inside.total_taxes[0].amount) == (1190, 1000, 190)
    rate = shop.stripe.v1.tax_rates.retrieve(inside.total_taxes[0].tax_rate_details.tax_rate)
    assert rate.percentage == 19


def test_tax_is_on_what_a_discount_leaves(sandbox: Sandbox, shop: Shop) -> None:
    sandbox.world.settings.tax_percent = Decimal(19)
    coupon = shop.stripe.v1.coupons.create({"amount_off": 900, "currency": "eur", "duration": "once"})
    customer = shop.customer("pm_card_visa", address=BERLIN).id
    made = shop.subscribe(customer=customer, discounts=[{"coupon": coupon.id}], **TAXED)
    # 1000 are left, and 19 % of that come on top.
    assert shop.invoices(made.id)[0].total == 1190


@pytest.mark.parametrize(("exempt", "reason"), [("reverse", "reverse_charge"), ("exempt", "customer_exempt")])
def test_an_exempt_customer_pays_no_tax(sandbox: Sandbox, shop: Shop, exempt: str, reason: str) -> None:
    sandbox.world.settings.tax_percent = Decimal(19)
    customer = shop.customer("pm_card_visa", address=BERLIN, tax_exempt=exempt).id
    invoice = shop.invoices(shop.subscribe(customer=customer, **TAXED).id)[0]
    assert (invoice.total, invoice.total_taxes[0].taxability_reason) == (1900, reason)


def test_tax_ids_are_kept_and_printed_on_invoices(shop: Shop) -> None:
    data = [{"type": "eu_vat", "value": "DE123456789"}]
    customer = shop.customer("pm_card_visa", tax_id_data=data).id
    ids = shop.stripe.v1.customers.tax_ids
    known = ids.list(customer).data[0]
    assert (known.country, known.verification.status) == ("DE", "pending")
    second = ids.create(customer, {"type": "eu_vat", "value": "EL000000000"})
    assert (second.country, second.verification.status) == ("GR", "verified")
    assert ids.retrieve(customer, second.id).value == "EL000000000"
    invoice = shop.invoices(shop.subscribe(customer=customer).id)[0]
    assert [entry.value for entry in invoice.customer_tax_ids] == ["DE123456789", "EL000000000"]
    assert ids.delete(customer, known.id).deleted
    whole = shop.stripe.v1.customers.retrieve(customer, {"expand": ["tax_ids"]})
    assert [entry.id for entry in whole.tax_ids.data] == [second.id]
    assert [t for t in shop.types() if "tax_id" in t] == [
        "customer.tax_id.created",
        "customer.tax_id.created",
        "customer.tax_id.updated",
        "customer.tax_id.deleted",
    ]


def test_a_tax_id_that_can_not_be_right_is_refused(shop: Shop) -> None:
    customer = shop.customer().id
    with pytest.raises(stripe.InvalidRequestError, match="Invalid value for eu_vat") as caught:
        shop.stripe.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE12"})
    assert (caught.value.code, caught.value.param) == ("tax_id_invalid", "value")
