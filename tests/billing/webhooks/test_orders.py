"""One life's events in any order, any number of times, with the worker in between at any moment: one end."""

import time
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.customers.services import ensure_customer
from billing.invoices.models import Invoice
from billing.notices.models import Alert
from billing.subscriptions.models import Subscription
from billing.webhooks.models import InboxEvent
from sandbox.stripe import delivery
from tests.factories.billing import UserFactory
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(stripe, endpoint, publish):
    """A plan is bought, billed, refunded, disputed, cancelled and replaced: what Stripe tells of it."""
    shop = Shop(stripe)
    customer = ensure_customer(user=UserFactory())
    card = shop.stripe.v1.payment_methods.attach("pm_card_createDispute", {"customer": customer.stripe_id})
    terms = {"customer": customer.stripe_id, "default_payment_method": card.id}
    cutter, sloop = ({"items": [{"price": publish(key).stripe_price_id}]} for key in ("cutter", "sloop"))
    first = shop.stripe.v1.subscriptions.create({**terms, **cutter})
    stripe.advance(days=32)
    charge = shop.stripe.v1.charges.list({"customer": customer.stripe_id}).data[0]
    shop.stripe.v1.refunds.create({"charge": charge.id, "amount": 500})
    for dispute in shop.stripe.v1.disputes.list().data[1:]:
        shop.stripe.v1.disputes.close(dispute.id)
    shop.stripe.v1.subscriptions.update(first.id, {"cancel_at_period_end": True})
    shop.stripe.v1.subscriptions.cancel(first.id)
    shop.stripe.v1.subscriptions.create({**terms, **sloop})
    shop.stripe.v1.payment_methods.detach(card.id)
    at_stripe = stripe.world.fetch("webhook_endpoint", endpoint.id)
    return [delivery.render(event, at_stripe, int(time.time())) for event in stripe.events.pending()]


@pytest.fixture
def arrive(endpoint):
    """Hands one letter to our view."""
    address = urlsplit(endpoint.url).path

    def post(letter):
        body, headers = letter
        sent = {name: value for name, value in headers.items() if name != "Content-Type"}
        response = Client().post(address, body, content_type="application/json", headers=sent)
        assert response.status_code == 200

    return post


def forget():
    for model in (Invoice, Subscription, InboxEvent, Alert, ProcrastinateJob):
        rows = model.objects.all()
        rows._raw_delete(rows.db) if model is ProcrastinateJob else rows.delete()


def end():
    subscriptions = Subscription.objects.order_by("stripe_id").values_list("stripe_id", "status", "ended_at")
    invoices = Invoice.objects.order_by("stripe_id").values_list("stripe_id", "status", "total", "refunded")
    alerts = Alert.objects.order_by("rule", "subject")
    told = [(alert.rule, alert.subject, alert.closed_at is None) for alert in alerts]
    events = InboxEvent.objects.order_by("stripe_event_id").values_list("stripe_event_id", "state")
    return list(subscriptions), list(invoices), told, list(events)


def work_off(work):
    for _ in range(3):
        work()


@pytest.fixture
def expected(story, arrive, work):
    """The end where each letter comes once, in its turn, and is worked off at once."""
    for letter in story:
        arrive(letter)
        work()
    work_off(work)
    return end()


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_order_ends_as_the_order_in_which_it_happened(story, arrive, work, expected, data):
    forget()
    numbers = list(range(len(story)))
    order = data.draw(st.permutations(numbers + data.draw(st.lists(st.sampled_from(numbers), max_size=10))))
    pauses = data.draw(st.sets(st.sampled_from(range(len(order)))))
    for place, number in enumerate(order):
        arrive(story[number])
        if place in pauses:
            work()
    work_off(work)
    assert end() == expected
    subscriptions, invoices, alerts, events = expected
    assert {status for _, status, _ in subscriptions} == {"active", "canceled"}
    assert {state for _, state in events} == {"processed"}
    assert {rule for rule, _, _ in alerts} >= {"dispute", "refund"}
    assert len(invoices) == 3
