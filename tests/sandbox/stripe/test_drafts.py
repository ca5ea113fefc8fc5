"""Drafts of invoices: what is put on them counts, until they are finalized."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import ASKS_ALWAYS, Shop


def draft(shop: Shop, customer: str, **params: object) -> stripe.Invoice:
    return shop.stripe.v1.invoices.create({"customer": customer, "currency": "eur", **params})


def test_a_saved_card_pays_an_item_put_on_a_draft_with_one_click(shop: Shop) -> None:
    customer = shop.customer("pm_card_visa").id
    invoice = draft(shop, customer, auto_advance=False, metadata={"pack": "100"})
    item = {"customer": customer, "invoice": invoice.id, "amount": 500, "currency": "eur"}
    shop.stripe.v1.invoice_items.create({**item, "description": "100 credits"})
    paid = shop.stripe.v1.invoices.pay(invoice.id, {"off_session": True})
    assert (paid.status, paid.amount_paid, paid.metadata["pack"]) == ("paid", 500, "100")
    assert paid.lines.data[0].description == "100 credits"


def test_prices_and_prices_made_on_the_fly_count_on_a_draft(shop: Shop) -> None:
    customer = shop.customer().id
    invoice = draft(shop, customer)
    price = shop.price(900, interval="")
    common = {"customer": customer, "invoice": invoice.id}
    items = shop.stripe.v1.invoice_items
    two = items.create({**common, "pricing": {"price": price.id}, "quantity": 2})
    fresh = {"currency": "eur", "product": price.product, "unit_amount": 100}
    items.create({**common, "price_data": fresh})
    assert (two.amount, two.description) == (1800, "Pro")
    assert shop.stripe.v1.invoices.retrieve(invoice.id).total == 1900
    items.update(two.id, {"quantity": 1, "amount": 50, "description": "Less"})
    changed = shop.stripe.v1.invoices.retrieve(invoice.id)
    assert (changed.total, changed.lines.data[-1].description) == (150, "Less")
    more = shop.stripe.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 25, "description": "Fee"}]})
    assert more.total == 175


def test_a_discount_follows_the_lines_of_its_draft(shop: Shop) -> None:
    coupon = shop.stripe.v1.coupons.create({"percent_off": 10, "duration": "once"})
    customer = shop.customer("pm_card_visa").id
    invoice = draft(shop, customer, discounts=[{"coupon": coupon.id}])
    for _ in range(2):
        item = {"customer": customer, "invoice": invoice.id, "amount": 1000, "currency": "eur"}
        shop.stripe.v1.invoice_items.create(item)
    assert shop.stripe.v1.invoices.pay(invoice.id).amount_paid == 1800


def test_a_finalized_invoice_takes_nothing_more(shop: Shop) -> None:
    customer = shop.customer().id
    invoice = draft(shop, customer)
    item = {"customer": customer, "invoice": invoice.id, "amount": 500, "currency": "eur"}
    shop.stripe.v1.invoice_items.create(item)
    shop.stripe.v1.invoices.finalize_invoice(invoice.id)
    with pytest.raises(stripe.InvalidRequestError, match="no longer editable") as caught:
        shop.stripe.v1.invoice_items.create(item)
    assert caught.value.code == "invoice_not_editable"
    with pytest.raises(stripe.InvalidRequestError, match="no longer editable"):
        shop.stripe.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 25}]})


def test_a_draft_has_one_currency(shop: Shop) -> None:
    customer = shop.customer().id
    invoice = draft(shop, customer)
    item = {"customer": customer, "invoice": invoice.id, "amount": 500, "currency": "usd"}
    with pytest.raises(stripe.InvalidRequestError, match="must be that of the invoice"):
        shop.stripe.v1.invoice_items.create(item)


def test_a_draft_changes_how_it_is_collected_and_is_sent(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer().id
    shop.stripe.v1.invoice_items.create({"customer": customer, "amount": 500, "currency": "eur"})
    invoice = draft(shop, customer, pending_invoice_items_behavior="include")
    fields = [{"name": "Order", "value": "7"}]
    collect = {"collection_method": "send_invoice", "days_until_due": 5, "custom_fields": fields}
    shop.stripe.v1.invoices.update(invoice.id, collect)
    sent = shop.stripe.v1.invoices.send_invoice(invoice.id)
    assert (sent.status, sent.due_date) == ("open", sandbox.now + 5 * 86_400)
    assert sent.custom_fields[0].value == "7"
    assert shop.types()[-1] == "invoice.sent"
    due = {"due_date": {"gte": sent.due_date, "lte": sent.due_date}}
    assert shop.stripe.v1.invoices.list(due).data[0].id == invoice.id
    assert shop.stripe.v1.invoices.list({"due_date": {"lt": sent.due_date}}).data == []


def test_a_draft_made_to_advance_later_is_charged_an_hour_after_that(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer("pm_card_visa").id
    shop.stripe.v1.invoice_items.create({"customer": customer, "amount": 500, "currency": "eur"})
    invoice = draft(shop, customer, pending_invoice_items_behavior="include")
    sandbox.advance(hours=5)
    assert shop.stripe.v1.invoices.retrieve(invoice.id).status == "draft"
    shop.stripe.v1.invoices.update(invoice.id, {"auto_advance": True})
    sandbox.advance(hours=1)
    assert shop.stripe.v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_sent_invoice_that_is_not_paid_in_time_is_overdue(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(collection_method="send_invoice", days_until_due=14)
    sandbox.advance(days=14)
    assert shop.subscription(made.id).status == "past_due"
    assert "invoice.overdue" in shop.types()
    shop.stripe.v1.invoices.pay(made.latest_invoice, {"paid_out_of_band": True})
    assert shop.subscription(made.id).status == "active"


def test_a_card_that_asks_every_time_can_not_be_charged_with_one_click(shop: Shop) -> None:
    customer = shop.customer("pm_card_authenticationRequired").id
    assert shop.stripe.v1.payment_methods.list({"customer": customer}).data[0].card.last4 == ASKS_ALWAYS[-4:]
    invoice = draft(shop, customer)
    item = {"customer": customer, "invoice": invoice.id, "amount": 500, "currency": "eur"}
    shop.stripe.v1.invoice_items.create(item)
    with pytest.raises(stripe.CardError) as caught:
        shop.stripe.v1.invoices.pay(invoice.id, {"off_session": True})
    assert caught.value.code == "authentication_required"
    assert shop.stripe.v1.invoices.retrieve(invoice.id).status == "open"


def test_a_set_up_fee_stands_on_the_first_invoice(shop: Shop) -> None:
    fee = [{"price": shop.price(500, interval="").id}]
    made = shop.subscribe(add_invoice_items=fee)
    assert shop.invoices(made.id)[0].amount_paid == 2400
    in_trial = shop.subscribe(add_invoice_items=fee, trial_period_days=7)
    assert shop.invoices(in_trial.id)[0].amount_paid == 500


def test_an_invoice_by_hand_may_belong_to_a_subscription(shop: Shop) -> None:
    made = shop.subscribe()
    item = {"customer": made.customer, "subscription": made.id, "amount": 100, "currency": "eur"}
    shop.stripe.v1.invoice_items.create(item)
    invoice = shop.stripe.v1.invoices.create({"customer": made.customer, "subscription": made.id})
    assert (invoice.total, invoice.parent.subscription_details.subscription) == (100, made.id)
