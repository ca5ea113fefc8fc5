"""The payer: everything about money hangs off this row, never off the user directly."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q


class StripeCustomer(models.Model):
    """One user's customer at Stripe; the row is made when money is first spoken of.

    ``entitlements_epoch`` grows with every change of what they may do. ``reads_started`` numbers the reads of
    Stripe's state; ``read_applied`` is the one our projection shows: an older read must not overwrite it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stripe_customer"
    )
    stripe_id = models.CharField(max_length=255, blank=True)
    djstripe_customer = models.OneToOneField(
        "djstripe.Customer", on_delete=models.SET_NULL, null=True, blank=True, related_name="payer"
    )
    reference = models.UUIDField(default=uuid4, editable=False, help_text="Makes the idempotency key.")
    stripe_email = models.EmailField(blank=True, help_text="The address Stripe has, as far as we know.")
    invoice_email = models.EmailField(
        blank=True, db_default="", help_text="Where invoices go. Empty: to the address of the account."
    )
    currency = models.CharField(
        max_length=3,
        blank=True,
        db_default="",
        help_text="What the customer chose to pay in. Empty: the site's.",
    )
    generation = models.PositiveSmallIntegerField(
        default=0, help_text="How many customers of this person were deleted at Stripe."
    )
    entitlements_epoch = models.PositiveBigIntegerField(default=0)
    reads_started = models.PositiveBigIntegerField(default=0)
    read_applied = models.PositiveBigIntegerField(default=0)
    last_synced_at = models.DateTimeField(null=True, blank=True)
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

    @property
    def billing_email(self) -> str:
        """Where invoices go."""
        return self.invoice_email or self.user.email
