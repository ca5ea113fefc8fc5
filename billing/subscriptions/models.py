"""Which plan a customer has: a projection of Stripe's truth, written by ``reconcile_customer`` alone."""

from django.db import models
from django.db.models import Case, When

from billing.catalog.models import PlanVersion, Price
from billing.customers.models import StripeCustomer


class SubscriptionManager(models.Manager["Subscription"]):
    """Subscriptions, asked for by what they mean."""

    def live(self) -> "models.QuerySet[Subscription]":
        """Those to manage, which have not ended: what gives features before what rests, the latest first."""
        resting = Case(When(status__in=RESTING, then=1), default=0)
        return self.filter(status__in=LIVE).order_by(resting, "-started_at")


class Subscription(models.Model):
    """One subscription at Stripe, as last read."""

    class Status(models.TextChoices):
        TRIALING = "trialing", "Trial"
        ACTIVE = "active", "Active"
        PAST_DUE = "past_due", "Payment overdue"
        UNPAID = "unpaid", "Unpaid"
        PAUSED = "paused", "Paused"
        INCOMPLETE = "incomplete", "Waiting for payment"
        INCOMPLETE_EXPIRED = "incomplete_expired", "Never paid"
        CANCELED = "canceled", "Ended"

    customer = models.ForeignKey(StripeCustomer, on_delete=models.PROTECT, related_name="subscriptions")
    stripe_id = models.CharField(max_length=255, unique=True)
    status = models.CharField(max_length=20, choices=Status)
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="subscriptions")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="subscriptions")
    # While ``price`` is ``moved_price``, an admin's move decides the version, in place of the price's own.
    moved_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    moved_price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.PositiveIntegerField(default=1)
    current_period_start = models.DateTimeField()
    current_period_end = models.DateTimeField()
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    item_stripe_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    schedule_stripe_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    next_stripe_price_id = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="What a planned change leads to."
    )
    changes_at = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField()

    objects = SubscriptionManager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["customer", "status"])]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"


Status = Subscription.Status

# Nothing comes from the others: unpaid and paused ones rest, an incomplete one was never paid.
ENTITLING = frozenset({Status.TRIALING, Status.ACTIVE, Status.PAST_DUE})
RESTING = frozenset({Status.UNPAID, Status.PAUSED})

# While one of these lasts there is something to manage rather than something to buy.
LIVE = ENTITLING | RESTING
