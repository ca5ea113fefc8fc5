"""The inbox: every Stripe event we accepted, and what became of it."""

from django.db import models
from django.db.models import Q

from billing.customers.models import StripeCustomer


class InboxEvent(models.Model):
    """One event, stored once whatever Stripe repeats; the payload stays with dj-stripe."""

    class State(models.TextChoices):
        RECEIVED = "received", "Waiting"
        PROCESSED = "processed", "Done"
        IGNORED = "ignored", "Not of interest"
        FAILED = "failed", "Failed"

    stripe_event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    stripe_customer_id = models.CharField(max_length=255, blank=True)
    customer = models.ForeignKey(
        StripeCustomer, on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="received"), name="inbox_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_event_id}"
