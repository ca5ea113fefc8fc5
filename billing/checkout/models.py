"""What a customer asks Stripe for, stored before Stripe is asked so that a retry cannot ask twice."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from billing.catalog.models import Price
from billing.customers.models import StripeCustomer
from billing.subscriptions.models import Subscription


class CheckoutAttempt(models.Model):
    """The intent behind one Checkout session: all that Stripe is asked for is fixed here beforehand."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        COMPLETE = "complete", "Complete"
        EXPIRED = "expired", "Expired"

    customer = models.ForeignKey(StripeCustomer, on_delete=models.PROTECT, related_name="checkout_attempts")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="checkout_attempts")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    stripe_session_id = models.CharField(max_length=255, blank=True, db_index=True)
    url = models.URLField(max_length=5000, blank=True, help_text="The page at Stripe; they may be this long.")
    reference = models.UUIDField(default=uuid4, editable=False, help_text="Makes the idempotency key.")
    trial_days = models.PositiveSmallIntegerField(default=0)
    return_path = models.CharField(max_length=2000, blank=True, help_text="Where the customer came from.")
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(status="open"), name="one_open_checkout_per_customer"
            )
        ]

    def __str__(self) -> str:
        return f"checkout {self.pk} ({self.status})"


class PlanChange(models.Model):
    """The intent behind a change of plan. ``due``: what the customer agreed to pay at once, minor units."""

    class Timing(models.TextChoices):
        NOW = "now", "At once"
        PERIOD_END = "period_end", "When the period ends"

    class Status(models.TextChoices):
        OPEN = "open", "Under way"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="plan_changes")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="plan_changes")
    timing = models.CharField(max_length=10, choices=Timing)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reference = models.UUIDField(default=uuid4, editable=False, help_text="Makes the idempotency keys.")
    proration_date = models.PositiveBigIntegerField(null=True, blank=True)
    due = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(status="open"), name="one_open_change_per_subscription"
            )
        ]

    def __str__(self) -> str:
        return f"change {self.pk} ({self.status})"


class Departure(models.Model):
    """The intent behind the end of a plan, with why, as far as the customer said it."""

    class Status(models.TextChoices):
        OPEN = "open", "Under way"
        DONE = "done", "Done"

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="departures")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reference = models.UUIDField(default=uuid4, editable=False, help_text="Makes the idempotency key.")
    at_once = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    stayed_at = models.DateTimeField(null=True, blank=True, help_text="When the cancellation was taken back.")

    class Meta:
        verbose_name = "cancellation"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(status="open"), name="one_open_departure"
            )
        ]

    def __str__(self) -> str:
        return f"cancellation {self.pk} ({self.status})"
