"""The secrets with which Stripe signs, beside the one of the webhook endpoint that dj-stripe holds."""

from django.db import models
from django.db.models import Q


class SigningSecret(models.Model):
    """One secret of one of our addresses. In plain text, as it must be used: no screen and no export has it.

    Of a webhook endpoint: the former ones, each with an end. Of the address for thin events: the present one,
    without an end, and the former ones. ``reference`` is the last part of the address.
    """

    class Route(models.TextChoices):
        WEBHOOK = "webhook", "Webhook endpoint"
        EVENTS = "events", "Thin events"

    route = models.CharField(max_length=10, choices=Route)
    reference = models.UUIDField()
    secret = models.CharField(max_length=255)
    accepted_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["route", "reference", "secret"], name="one_row_per_secret"),
            models.UniqueConstraint(
                fields=["route", "reference"],
                condition=Q(accepted_until=None),
                name="one_present_secret_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"secret of {self.get_route_display().lower()} {self.reference}"
