"""Makers of billing rows: what is sold, who pays, what they hold."""

import json
from datetime import timedelta

import factory
from django.contrib.auth import get_user_model
from django.utils import timezone
from djstripe.models import WebhookEventTrigger
from factory.django import DjangoModelFactory

from billing.catalog.models import Feature, Plan, PlanFeature, PlanVersion, Price
from billing.checkout.models import CheckoutAttempt
from billing.customers.models import StripeCustomer
from billing.invoices.models import Invoice
from billing.subscriptions.models import Subscription
from billing.webhooks.models import InboxEvent


class FeatureFactory(DjangoModelFactory):
    """A switch, unless told otherwise."""

    class Meta:
        model = Feature
        django_get_or_create = ["key"]

    key = factory.Sequence(lambda number: f"feature_{number}")
    name = factory.LazyAttribute(lambda feature: feature.key.replace("_", " ").capitalize())


class PlanFactory(DjangoModelFactory):
    """A public plan with no version yet; ``PlanVersionFactory`` makes both."""

    class Meta:
        model = Plan
        django_get_or_create = ["key"]

    key = factory.Sequence(lambda number: f"plan-{number}")
    name = factory.LazyAttribute(lambda plan: plan.key.replace("-", " ").capitalize())


class PlanVersionFactory(DjangoModelFactory):
    """The current version of a plan. ``features={"seats": 3, "exports": None}`` gives it features by key."""

    class Meta:
        model = PlanVersion
        skip_postgeneration_save = True

    plan = factory.SubFactory(PlanFactory)
    number = 1

    @factory.post_generation
    def features(self, create: bool, extracted: dict[str, int | None] | None, **kwargs: object) -> None:
        for key, value in (extracted or {}).items():
            kind = Feature.Kind.SWITCH if value is None else Feature.Kind.LIMIT
            PlanFeatureFactory(version=self, feature=FeatureFactory(key=key, kind=kind), value=value)


class PlanFeatureFactory(DjangoModelFactory):
    """One feature in one version."""

    class Meta:
        model = PlanFeature

    version = factory.SubFactory(PlanVersionFactory)
    feature = factory.SubFactory(FeatureFactory)


class PriceFactory(DjangoModelFactory):
    """19.00 EUR a month, on a version of its own."""

    class Meta:
        model = Price

    version = factory.SubFactory(PlanVersionFactory)
    interval = Price.Interval.MONTH
    currency = "EUR"
    amount = 1900


class UserFactory(DjangoModelFactory):
    """Somebody with an account."""

    class Meta:
        model = get_user_model()

    email = factory.Sequence(lambda number: f"person{number}@example.com")


class StripeCustomerFactory(DjangoModelFactory):
    """A payer whom Stripe knows."""

    class Meta:
        model = StripeCustomer

    user = factory.SubFactory(UserFactory)
    stripe_id = factory.Sequence(lambda number: f"cus_{number:014}")


class SubscriptionFactory(DjangoModelFactory):
    """An active monthly subscription that began ten days ago."""

    class Meta:
        model = Subscription

    customer = factory.SubFactory(StripeCustomerFactory)
    stripe_id = factory.Sequence(lambda number: f"sub_{number:014}")
    status = Subscription.Status.ACTIVE
    price = factory.SubFactory(PriceFactory)
    version = factory.SelfAttribute("price.version")
    started_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))
    current_period_start = factory.SelfAttribute("started_at")
    current_period_end = factory.LazyAttribute(lambda sub: sub.current_period_start + timedelta(days=30))
    last_synced_at = factory.LazyFunction(timezone.now)


class CheckoutAttemptFactory(DjangoModelFactory):
    """A checkout that is open."""

    class Meta:
        model = CheckoutAttempt

    customer = factory.SubFactory(StripeCustomerFactory)
    price = factory.SubFactory(PriceFactory)


class InboxEventFactory(DjangoModelFactory):
    """An event that waits to be handled."""

    class Meta:
        model = InboxEvent

    stripe_event_id = factory.Sequence(lambda number: f"evt_{number:014}")
    type = "customer.subscription.updated"


class InvoiceFactory(DjangoModelFactory):
    """A paid invoice over 19.00 EUR."""

    class Meta:
        model = Invoice

    customer = factory.SubFactory(StripeCustomerFactory)
    stripe_id = factory.Sequence(lambda number: f"in_{number:014}")
    number = factory.Sequence(lambda number: f"QS-{number:04}")
    status = Invoice.Status.PAID
    currency = "EUR"
    subtotal = total = amount_due = amount_paid = 1900
    issued_at = factory.LazyFunction(timezone.now)
    paid_at = factory.SelfAttribute("issued_at")
    period_start = factory.SelfAttribute("issued_at")
    period_end = factory.LazyAttribute(lambda invoice: invoice.period_start + timedelta(days=30))
    lines = factory.LazyAttribute(
        lambda invoice: [
            {
                "description": "Cutter (at €19.00 / month)",
                "amount": invoice.total,
                "quantity": 1,
                "start": invoice.period_start.date().isoformat(),
                "end": invoice.period_end.date().isoformat(),
            }
        ]
    )


def inbox_payload(body: dict[str, object]) -> WebhookEventTrigger:
    """What Stripe sent, as dj-stripe keeps it."""
    return WebhookEventTrigger.objects.create(remote_ip="127.0.0.1", headers={}, body=json.dumps(body))
