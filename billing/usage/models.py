"""What was counted, thing by thing, and what it comes to per period."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.catalog.models import Feature
from billing.customers.models import StripeCustomer


class UsageEvent(models.Model):
    """One use, known by the key its caller gave: a key counts once per customer, feature and period."""

    customer = models.ForeignKey(StripeCustomer, on_delete=models.CASCADE, related_name="usage_events")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="usage_events")
    period_start = models.DateTimeField()
    event_id = models.CharField(max_length=255)
    quantity = models.PositiveBigIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "feature", "period_start", "event_id"], name="one_use_per_key_and_period"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="use_is_more_than_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.feature_id} by {self.customer_id}"


class UsageTotal(models.Model):
    """The sum of the events of one period, kept in the statement that adds an event."""

    customer = models.ForeignKey(StripeCustomer, on_delete=models.CASCADE, related_name="usage_totals")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="usage_totals")
    period_start = models.DateTimeField()
    quantity = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "period_start", "feature"], name="one_total_per_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.feature_id} by {self.customer_id}"
