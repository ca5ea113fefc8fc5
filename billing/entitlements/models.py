"""What is granted by name, who sees a feature first, and the mark that changes with the catalog."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.catalog.models import Feature
from billing.customers.models import StripeCustomer


class CatalogEpoch(models.Model):
    """One row. Triggers on the catalog's tables renew ``value``, so that no way of editing can forget it.

    It is random, not a count: a count that is rolled back would come a second time, for other content.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.UUIDField(default=uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="only_one_catalog_epoch"),
        ]

    def __str__(self) -> str:
        return f"catalog epoch {self.value}"


class FeatureGrant(models.Model):
    """A feature given to one customer, beside or beyond their plan: a comp, an override, a beta.

    It ends by the clock, or says outright that it does not. It is ended, never deleted. Triggers renew the
    customer's epoch with every change.
    """

    customer = models.ForeignKey(StripeCustomer, on_delete=models.PROTECT, related_name="grants")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="grants")
    value = models.PositiveBigIntegerField(
        "how many",
        null=True,
        blank=True,
        help_text="The limit, in place of a lower one of the plan. Empty: without limit, and for a switch.",
    )
    starts_at = models.DateTimeField("from", default=timezone.now)
    ends_at = models.DateTimeField(
        "until", null=True, blank=True, help_text="To the second, in UTC. Nothing else is needed to end it."
    )
    never_ends = models.BooleanField(
        "without an end", default=False, help_text="It lasts until somebody ends it, whatever is paid."
    )
    reason = models.CharField(max_length=300, help_text="Why: who promised it, and for what.")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "grant"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["customer", "ends_at"], name="grants_that_last")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None, never_ends=True) | Q(ends_at__isnull=False, never_ends=False),
                name="grant_ends_or_says_it_does_not",
                violation_error_message="Say when it ends, or that it has no end.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="grant_ends_after_it_starts",
                violation_error_message="A grant cannot end before it starts.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.feature} for {self.customer.user.email}"


class FeatureTester(models.Model):
    """Somebody for whom a feature is open while it is open to some people only."""

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="testers")
    customer = models.ForeignKey(StripeCustomer, on_delete=models.CASCADE, related_name="tests")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feature", "customer"], name="named_once_per_feature")]

    def __str__(self) -> str:
        return f"{self.feature}: {self.customer}"
