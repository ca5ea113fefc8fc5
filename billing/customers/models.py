"""The payer: everything about money hangs off this row, never off the user directly."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class StripeCustomer(models.Model):
    """One user's customer at Stripe. ``entitlements_epoch`` grows with every change of what they may do."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stripe_customer"
    )
    stripe_id = models.CharField(max_length=255, blank=True)
    djstripe_customer = models.OneToOneField(
        "djstripe.Customer", on_delete=models.SET_NULL, null=True, blank=True, related_name="payer"
    )
    entitlements_epoch = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "customer"
        constraints = [
            models.UniqueConstraint(
                fields=["stripe_id"], condition=~Q(stripe_id=""), name="one_payer_per_stripe_customer"
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id or f"customer {self.pk}"
