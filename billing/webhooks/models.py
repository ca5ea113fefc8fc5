"""The inbox: every Stripe event we accepted, every attempt at it, and what became of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.customers.models import StripeCustomer


class InboxEvent(models.Model):
    """One event, stored once whatever Stripe repeats; the payload stays with dj-stripe."""

    class State(models.TextChoices):
        RECEIVED = "received", "Waiting"
        PROCESSED = "processed", "Done"
        IGNORED = "ignored", "Not of interest"
        FAILED = "failed", "Parked"

    stripe_event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    stripe_customer_id = models.CharField(max_length=255, blank=True)
    customer = models.ForeignKey(
        StripeCustomer, on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    trigger = models.ForeignKey(
        "djstripe.WebhookEventTrigger",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,  # it is among the indexes below, which are made while the site runs
        related_name="+",
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
            models.Index(fields=["customer"], condition=Q(state="received"), name="inbox_waiting_customers"),
            models.Index(fields=["received_at"], condition=Q(state="failed"), name="inbox_parked"),
            models.Index(fields=["received_at"], name="inbox_received_at"),
            models.Index(fields=["type", "received_at"], name="inbox_type"),
            models.Index(fields=["trigger"], name="inbox_trigger"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_event_id}"

    @property
    def payload(self) -> dict[str, Any]:
        """What Stripe sent, as long as it is kept; empty afterwards."""
        told: dict[str, Any] = self.trigger.json_body if self.trigger else {}
        return told


class EventAttempt(models.Model):
    """One try at an event. ``changes``: what the reconcile that handled it changed, in sentences."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        WAITED = "waited", "Stripe was out of reach"
        FAILED = "failed", "Failed"
        PARKED = "parked", "Failed and parked"
        REPLAYED = "replayed", "Replay asked for"

    event = models.ForeignKey(InboxEvent, on_delete=models.CASCADE, related_name="history")
    outcome = models.CharField(max_length=10, choices=Outcome)
    at = models.DateTimeField(auto_now_add=True)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=255, blank=True, help_text="Stripe's name of the failed call.")
    changes = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(outcome__in=["failed", "parked"]), name="failed_attempts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.event_id})"
