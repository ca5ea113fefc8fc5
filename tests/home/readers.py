"""The kinds of people who read pages in tests."""

from billing.subscriptions.models import Subscription
from members.models import CustomUser
from tests.factories.billing import PriceFactory, StripeCustomerFactory, SubscriptionFactory
from tests.factories.members import PersonFactory


def customer_with(*features: str, plan: str = "Cutter") -> CustomUser:
    """Somebody who subscribed to a plan with these features, which is on sale."""
    price = PriceFactory(
        version__plan__name=plan, version__features=dict.fromkeys(features), stripe_price_id=f"price_{plan}"
    )
    customer = StripeCustomerFactory(user=PersonFactory())
    SubscriptionFactory(customer=customer, price=price)
    person: CustomUser = customer.user
    return person


def lapse(person: CustomUser) -> None:
    """Their subscription has ended."""
    Subscription.objects.filter(customer__user=person).update(status=Subscription.Status.CANCELED)
    customer = person.stripe_customer
    customer.entitlements_epoch += 1
    customer.save()
