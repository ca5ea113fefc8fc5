"""While a bank decides, nothing is spent; what it takes back is owed, what it does not is there again."""

import pytest

from billing.credits.errors import AccountFrozen
from billing.credits.queries import balance
from billing.credits.services import spend
from billing.notices.models import Alert
from billing.subscriptions.services import reconcile_customer
from billing.webhooks.models import InboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def disputed(stripe, customer, subscribe, publish, post):
    """A plan with credits, paid by a card whose owner disputes it, with 30 credits spent before we hear."""
    client = stripe.client()
    card = client.v1.payment_methods.attach("pm_card_createDispute", {"customer": customer.stripe_id})
    client.v1.customers.update(customer.stripe_id, {"invoice_settings": {"default_payment_method": card.id}})
    subscribe(publish("cutter", 2000, credits_per_period=100))
    reconcile_customer(customer_id=customer.pk)
    spend(customer=customer, amount=30, key="before")
    stripe.advance(seconds=1)
    stripe.deliver(post)
    reconcile_customer(customer_id=customer.pk)
    return client.v1.disputes.list({"limit": 1}).data[0]


def decide(stripe, dispute, evidence):
    stripe.client().v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": evidence}, "submit": True}
    )


def test_the_event_finds_its_customer_by_the_payment(disputed, customer):
    event = InboxEvent.objects.get(type="charge.dispute.created")
    assert event.customer == customer


def test_a_dispute_freezes_and_is_told(disputed, customer):
    with pytest.raises(AccountFrozen):
        spend(customer=customer, amount=1, key="k")
    assert "disputes a payment for credits" in Alert.objects.get(rule="credits_disputed").sentence


def test_a_dispute_that_was_won_opens_everything_again(stripe, disputed, customer):
    decide(stripe, disputed, "winning_evidence")
    reconcile_customer(customer_id=customer.pk)
    assert spend(customer=customer, amount=1, key="k").available == 69
    assert Alert.objects.get(rule="credits_disputed").closed_at


def test_a_dispute_that_was_lost_takes_what_is_left_and_the_rest_is_owed(stripe, disputed, customer):
    decide(stripe, disputed, "losing_evidence")
    for _ in range(3):
        reconcile_customer(customer_id=customer.pk)
    told = balance(customer)
    assert (told.available, told.debt, told.frozen) == (0, 30, False)
    assert "owes 30 credits" in Alert.objects.get(rule="credits_owed").sentence
