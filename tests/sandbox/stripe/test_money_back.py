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


def test_a_dispute_can_be_accepted(sandbox: Sandbox, shop: Shop) -> None:
    intent = payment(shop, "pm_card_createDispute")
    sandbox.advance(seconds=1)
    dispute = shop.stripe.v1.disputes.list({"charge": intent.latest_charge}).data[0]
    assert shop.stripe.v1.disputes.close(dispute.id).status == "lost"
