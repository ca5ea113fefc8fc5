"""Fields that Stripe moved: the paid period, an invoice's subscription; and ``items``, which is a method."""

import pytest
import stripe as stripe_python
from djstripe.models import Subscription as DjstripeSubscription

from billing.customers.services import ensure_customer
from billing.invoices.models import Invoice
from billing.subscriptions.facts import facts_of
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from tests.factories.billing import UserFactory
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscribed(stripe, endpoint, publish):
    """A customer of ours with a plan, and Stripe's subscription."""
    shop = Shop(stripe)
    customer = ensure_customer(user=UserFactory())
    card = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    made = shop.stripe.v1.subscriptions.create(
        {
            "customer": customer.stripe_id,
            "items": [{"price": publish("cutter").stripe_price_id}],
            "default_payment_method": card.id,
        }
    )
    return customer, made


def test_an_invoice_knows_its_subscription(stripe, subscribed, post, work):
    """``invoice.subscription`` is ``invoice.parent.subscription_details.subscription`` now."""
    _, made = subscribed
    [told] = stripe.find("invoice")
    assert "subscription" not in told
    assert told["parent"]["subscription_details"]["subscription"] == made.id
    stripe.deliver(post)
    work()
    assert Invoice.objects.get().subscription_stripe_id == made.id


def test_the_paid_period_is_read_from_the_items(stripe, subscribed):
    customer, made = subscribed
    assert "current_period_end" not in made.to_dict()
    reconcile_customer(customer_id=customer.pk)
    end = made["items"].data[0].current_period_end
    assert Subscription.objects.get().current_period_end.timestamp() == end


def test_djstripe_still_finds_no_period(stripe, subscribed, monkeypatch):
    _, made = subscribed
    copy = DjstripeSubscription(id=made.id, stripe_data=made.to_dict())
    assert copy.current_period_end is None
    with pytest.raises(TypeError):
        copy.is_valid()


def test_items_is_a_method_and_its_value_is_read_all_the_same(subscribed):
    _, made = subscribed
    assert callable(made.items)
    assert facts_of(made).price_ids == (made["items"].data[0].price.id,)


def test_stripes_objects_are_no_dicts(subscribed):
    _, made = subscribed
    assert isinstance(made, stripe_python.StripeObject)
    assert not isinstance(made, dict)
