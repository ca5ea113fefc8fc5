"""Refunds and disputes: money that goes back."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop


def payment(shop: Shop, card: str = "pm_card_visa") -> stripe.PaymentIntent:
    """Fifty euros taken from a card."""
    params = {"amount": 5000, "currency": "eur", "payment_method": card, "confirm": True}
    return shop.stripe.v1.payment_intents.create({**params, "customer": shop.customer().id})


def test_a_payment_is_given_back_in_parts_but_never_twice(shop: Shop) -> None:
    intent = payment(shop)
    first = shop.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 2000})
    assert (first.status, first.amount, first.charge) == ("succeeded", 2000, intent.latest_charge)
    assert not shop.stripe.v1.charges.retrieve(intent.latest_charge).refunded
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 3001})
    assert shop.stripe.v1.refunds.create({"charge": intent.latest_charge}).amount == 3000
    assert shop.stripe.v1.charges.retrieve(intent.latest_charge).refunded
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        shop.stripe.v1.refunds.create({"payment_intent": intent.id})
    assert [r.amount for r in shop.stripe.v1.refunds.list({"charge": intent.latest_charge}).data] == [
        3000,
        2000,
    ]
    assert shop.types()[-4:] == ["refund.created", "charge.refunded"] * 2


def test_only_what_was_paid_can_be_given_back(shop: Shop) -> None:
    intent = shop.stripe.v1.payment_intents.create({"amount": 500, "currency": "eur"})
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        shop.stripe.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param"):
        shop.stripe.v1.refunds.create({})


def test_the_balance_shows_what_came_and_went(shop: Shop) -> None:
    intent = payment(shop)
    shop.stripe.v1.refunds.create({"payment_intent": intent.id})
    entries = shop.stripe.v1.balance_transactions.list().data
    assert [(entry.type, entry.amount) for entry in entries] == [("refund", -5000), ("charge", 5000)]
    assert entries[1].net == 5000 - 100  # 1.5 % and 25 cents


@pytest.mark.parametrize(("evidence", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_a_dispute_is_won_or_lost_by_its_evidence(
    sandbox: Sandbox, shop: Shop, evidence: str, status: str
) -> None:
    intent = payment(shop, "pm_card_createDispute")
    sandbox.advance(seconds=1)
    dispute = shop.stripe.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.amount, dispute.reason) == ("needs_response", 5000, "fraudulent")
    assert shop.stripe.v1.charges.retrieve(intent.latest_charge).disputed
    answered = shop.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    assert answered.status == status
    assert "charge.dispute.closed" in shop.types()
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        shop.stripe.v1.disputes.close(dispute.id)


def test_a_dispute_takes_the_money_until_it_is_won(sandbox: Sandbox, shop: Shop) -> None:
    params = {"amount": 500, "currency": "eur", "payment_method": "pm_card_createDispute", "confirm": True}
    made = shop.stripe.v1.payment_intents.create(params)
    sandbox.advance(seconds=1)
    disputes = shop.stripe.v1.disputes
    lost = disputes.list({"payment_intent": made.id}).data[0]
    assert [(entry.amount, entry.fee, entry.net) for entry in lost.balance_transactions] == [
        (-500, 2000, -2500)
    ]
    won = disputes.update(lost.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert [entry.amount for entry in won.balance_transactions] == [-500, 500]
    charge = shop.stripe.v1.charges.retrieve(str(made.latest_charge))
    assert charge.disputed


def test_a_charge_tells_what_was_given_back(shop: Shop) -> None:
    made = shop.subscribe()
    charge = shop.stripe.v1.charges.list({"customer": str(made.customer)}).data[0]
    for amount in (100, 200):
        shop.stripe.v1.refunds.create({"charge": charge.id, "amount": amount})
    whole = shop.stripe.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert [refund.amount for refund in whole.refunds.data] == [200, 100]
    assert shop.stripe.v1.charges.update(charge.id, {"metadata": {"case": "7"}}).metadata["case"] == "7"


def test_a_dispute_can_be_accepted(sandbox: Sandbox, shop: Shop) -> None:
    intent = payment(shop, "pm_card_createDispute")
    sandbox.advance(seconds=1)
    dispute = shop.stripe.v1.disputes.list({"charge": intent.latest_charge}).data[0]
    assert shop.stripe.v1.disputes.close(dispute.id).status == "lost"


def test_a_credit_note_gives_a_paid_invoice_back_to_card_and_balance(shop: Shop) -> None:
    made = shop.subscribe()
    params = {"invoice": made.latest_invoice, "amount": 900, "refund_amount": 400, "credit_amount": 500}
    note = shop.stripe.v1.credit_notes.create({**params, "reason": "order_change"})
    assert (note.status, note.type, note.post_payment_amount) == ("issued", "post_payment", 900)
    assert note.refunds[0].amount_refunded == 400
    assert shop.stripe.v1.customers.retrieve(made.customer).balance == -500
    assert shop.stripe.v1.invoices.retrieve(made.latest_invoice).post_payment_credit_notes_amount == 900
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 1000"):
        shop.stripe.v1.credit_notes.create({"invoice": made.latest_invoice, "amount": 1001})
    with pytest.raises(stripe.InvalidRequestError, match="must equal"):
        shop.stripe.v1.credit_notes.create({**params, "amount": 950})
    assert shop.stripe.v1.credit_notes.list({"invoice": made.latest_invoice}).data[0].id == note.id


def test_a_credit_note_names_the_lines_it_takes_back(shop: Shop) -> None:
    invoice = shop.invoices(shop.subscribe().id)[0]
    line = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id, "amount": 700}
    own = {"type": "custom_line_item", "description": "Sorry", "unit_amount": 50, "quantity": 2}
    params = {"invoice": invoice.id, "lines": [line, own], "refund_amount": 800}
    seen = shop.stripe.v1.credit_notes.preview(params)
    assert seen.amount == 800
    assert shop.stripe.v1.credit_notes.list().data == []
    note = shop.stripe.v1.credit_notes.create(params)
    found = shop.stripe.v1.credit_notes.line_items.list(note.id).data
    assert [(entry.amount, entry.description) for entry in found] == [
        (700, invoice.lines.data[0].description),
        (100, "Sorry"),
    ]
    assert shop.stripe.v1.credit_notes.update(note.id, {"memo": "We were late."}).memo == "We were late."
    with pytest.raises(stripe.InvalidRequestError, match="of an open invoice"):
        shop.stripe.v1.credit_notes.void_credit_note(note.id)


def test_a_voided_credit_note_asks_for_the_whole_again(shop: Shop) -> None:
    made = shop.subscribe(collection_method="send_invoice", days_until_due=14)
    invoice = shop.invoices(made.id)[0].id
    note = shop.stripe.v1.credit_notes.create({"invoice": invoice, "amount": 400})
    assert shop.stripe.v1.credit_notes.void_credit_note(note.id).status == "void"
    assert shop.stripe.v1.invoices.retrieve(invoice).amount_remaining == 1900
    with pytest.raises(stripe.InvalidRequestError, match="of an open invoice"):
        shop.stripe.v1.credit_notes.void_credit_note(note.id)


def test_a_credit_note_lowers_an_open_invoice_and_may_settle_it(shop: Shop) -> None:
    made = shop.subscribe(collection_method="send_invoice", days_until_due=14)
    invoice = shop.invoices(made.id)[0].id
    shop.stripe.v1.credit_notes.create({"invoice": invoice, "amount": 400})
    lowered = shop.stripe.v1.invoices.retrieve(invoice)
    assert (lowered.status, lowered.amount_remaining) == ("open", 1500)
    shop.stripe.v1.credit_notes.create({"invoice": invoice, "amount": 1500})
    assert shop.stripe.v1.invoices.retrieve(invoice).status == "paid"
