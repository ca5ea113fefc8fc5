"""Customers with a discount, and invoices whose discounts are not expanded."""

import pytest
import stripe as stripe_python
from djstripe.models import Customer, WebhookEventTrigger
from djstripe.models import Invoice as DjstripeInvoice

from billing.customers.services import ensure_customer
from billing.invoices.models import Invoice
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from billing.webhooks.models import InboxEvent
from tests.factories.billing import UserFactory
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def discounted(stripe, endpoint, publish):
    """A customer of ours who pays less."""
    shop = Shop(stripe)
    customer = ensure_customer(user=UserFactory())
    card = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    coupon = shop.stripe.v1.coupons.create({"percent_off": 25, "duration": "forever"})
    shop.stripe.v1.subscriptions.create(
        {
            "customer": customer.stripe_id,
            "items": [{"price": publish("cutter").stripe_price_id}],
            "default_payment_method": card.id,
            "discounts": [{"coupon": coupon.id}],
        }
    )
    return customer


@pytest.fixture
def own_discount(stripe, discounted):
    """The discount is the customer's own, as Stripe shows it on them; gives its coupon."""
    [subscription] = (
        stripe.client()
        .v1.subscriptions.list({"customer": discounted.stripe_id, "expand": ["data.discounts"]})
        .data
    )
    discount = {**subscription.to_dict()["discounts"][0], "subscription": None}
    stored = stripe.world.fetch("customer", discounted.stripe_id)
    stripe.world.store.put({**stored, "discount": discount})
    return discount["source"]["coupon"]


@pytest.fixture
def as_djstripe(stripe, monkeypatch):
    """dj-stripe uses stripe-python's globals alone."""
    monkeypatch.setattr(stripe_python, "default_http_client", stripe.http_client())


def test_a_discounted_customers_plan_and_invoice_are_read(stripe, discounted, post, work):
    assert {one.status for one in stripe.deliver(post)} == {200}
    work()
    assert Subscription.objects.get().status == "active"
    invoice = Invoice.objects.get()
    assert (invoice.subtotal, invoice.discount, invoice.total) == (1900, 475, 1425)
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"processed"}


def test_the_copy_of_a_discounted_customer_is_written(stripe, discounted, own_discount):
    """dj-stripe's own sync reads ``discount.coupon``, which is ``discount.source.coupon`` now."""
    reconcile_customer(customer_id=discounted.pk)
    copy = Customer.objects.get(id=discounted.stripe_id)
    assert copy.subscriber == discounted.user
    assert copy.stripe_data["discount"]["source"]["coupon"] == own_discount


def test_djstripes_own_sync_still_fails_for_a_discounted_customer(
    stripe, discounted, own_discount, as_djstripe
):
    told = stripe.client().v1.customers.retrieve(discounted.stripe_id)
    with pytest.raises(RuntimeError, match=r"empty field Coupon\.coupon"):
        Customer.sync_from_stripe_data(told)


def test_every_line_of_an_invoice_with_unexpanded_discounts_is_kept(stripe, discounted, post, work):
    """dj-stripe drops such lines without a word; ours are read from the invoice itself."""
    [told] = stripe.find("invoice")
    assert all(isinstance(discount, str) for line in told["lines"]["data"] for discount in line["discounts"])
    stripe.deliver(post)
    work()
    assert [line["amount"] for line in Invoice.objects.get().lines] == [1900]


def test_nothing_of_ours_reads_djstripes_copies_of_invoices(stripe, discounted, post, work):
    stripe.deliver(post)
    work()
    assert not DjstripeInvoice.objects.exists()
    assert WebhookEventTrigger.objects.filter(processed=True).count() == 0
