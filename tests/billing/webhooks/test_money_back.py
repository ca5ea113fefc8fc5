"""Disputes and refunds name a payment: their customer is found, and whoever runs the site is told."""

import pytest

from billing.customers.services import ensure_customer
from billing.gateway.errors import StripeUnavailable
from billing.notices.models import Alert
from billing.webhooks.models import InboxEvent
from billing.webhooks.services import handle_waiting
from billing.webhooks.tracing import trace_owner
from tests.factories.billing import InboxEventFactory, UserFactory, inbox_payload
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(stripe, endpoint, db):
    return ensure_customer(user=UserFactory())


def paid(stripe, customer_id, card="pm_card_visa"):
    """A payment of 19.00 EUR; gives the charge."""
    shop = Shop(stripe)
    method = shop.stripe.v1.payment_methods.attach(card, {"customer": customer_id})
    shop.subscribe(customer=customer_id, default_payment_method=method.id)
    [charge] = stripe.find("charge", customer=customer_id)
    return charge


def open_alerts(rule):
    return list(Alert.objects.filter(rule=rule, closed_at=None))


def test_a_dispute_is_told_with_what_to_do_and_until_when(stripe, customer, post, work):
    charge = paid(stripe, customer.stripe_id, card="pm_card_createDispute")
    stripe.advance(seconds=1)
    [dispute] = stripe.find("dispute")
    stripe.deliver(post)
    work()
    work()
    [alert] = open_alerts("dispute")
    assert alert.subject == dispute["id"]
    assert alert.sentence.startswith(
        f"The bank of customer {customer.stripe_id} disputes a payment of €19.00"
    )
    assert "Answer it in Stripe's dashboard by " in alert.sentence
    told = InboxEvent.objects.get(type="charge.dispute.created")
    assert (told.customer, told.stripe_customer_id, told.state) == (customer, charge["customer"], "processed")


def test_a_dispute_that_was_decided_is_over_whatever_comes_first(stripe, customer, post, work):
    paid(stripe, customer.stripe_id, card="pm_card_createDispute")
    stripe.advance(seconds=1)
    [dispute] = stripe.find("dispute")
    stripe.client().v1.disputes.close(dispute["id"])
    created = "charge.dispute.created"
    [lost] = [event for event in stripe.events.pending() if event["type"] == created]
    stripe.deliver(post, lose=lambda event: event["type"] == created)
    work()
    work()
    assert Alert.objects.filter(rule="dispute").count() == 1
    assert open_alerts("dispute") == []
    InboxEventFactory(customer=customer, type=created, trigger=inbox_payload(lost))
    handle_waiting(customer_id=customer.pk)
    assert open_alerts("dispute") == []


def test_a_dispute_of_somebody_else_is_told_too(stripe, endpoint, post, work):
    stranger = Shop(stripe).customer()
    paid(stripe, stranger.id, card="pm_card_createDispute")
    stripe.advance(seconds=1)
    stripe.deliver(post)
    work()
    assert "somebody not in our list" in open_alerts("dispute")[0].sentence
    assert InboxEvent.objects.get(type="charge.dispute.created").state == "processed"


def test_a_refund_is_told_once_each(stripe, customer, post, work):
    charge = paid(stripe, customer.stripe_id)
    for amount in (500, 1400):
        stripe.client().v1.refunds.create({"charge": charge["id"], "amount": amount})
    stripe.deliver(post, duplicate=2)
    work()
    work()
    sentences = sorted(alert.sentence for alert in open_alerts("refund"))
    assert len(sentences) == 2
    assert sentences[0].startswith(f"Customer {customer.stripe_id} got €19.00 of €19.00 back")
    refunds = InboxEvent.objects.filter(type="refund.created")
    assert {(event.customer, event.state) for event in refunds} == {(customer, "processed")}


def test_a_payment_that_stripe_does_not_know_is_nobodys(stripe, endpoint):
    about = {"id": "re_1", "object": "refund", "charge": "ch_gone", "amount": 5, "currency": "eur"}
    payload = inbox_payload({"data": {"object": about}})
    event = InboxEventFactory(type="refund.failed", trigger=payload)
    trace_owner(event_id=event.pk)
    event.refresh_from_db()
    assert event.state == "processed"
    assert (
        "The refund of €0.05 to somebody not in our list failed" in open_alerts("refund_failed")[0].sentence
    )


def test_an_outage_while_the_payer_is_looked_up_parks_nothing(stripe, endpoint):
    payload = inbox_payload({"data": {"object": {"object": "refund", "payment_intent": "pi_1"}}})
    event = InboxEventFactory(type="refund.created", trigger=payload)
    stripe.fail("503", times=3)
    with pytest.raises(StripeUnavailable):
        trace_owner(event_id=event.pk)
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("received", 0)


def test_an_event_that_was_traced_meanwhile_is_left_alone(customer, stripe):
    event = InboxEventFactory(customer=customer, type="refund.created")
    trace_owner(event_id=event.pk)
    trace_owner(event_id=event.pk + 1000)
    event.refresh_from_db()
    assert event.state == "received"
