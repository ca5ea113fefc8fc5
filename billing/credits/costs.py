"""What an action costs in credits: a list with dates, so that a price can be announced and looked up."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from billing.catalog.models import Feature
from billing.credits.models import credits_field


class CreditCost(models.Model):
    """So many credits for one ``unit`` of a feature, from ``effective_from`` until the next one begins."""

    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="credit_costs")
    unit = models.CharField(
        max_length=30, help_text="What is counted, in the singular: report, page, minute."
    )
    amount = credits_field(
        validators=[MinValueValidator(Decimal("0.0001"))], help_text="Credits for one of them."
    )
    effective_from = models.DateTimeField(
        default=timezone.now, help_text="From this moment on. The one before it ends then."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "credit cost"
        ordering = ["feature", "unit", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["feature", "unit", "effective_from"],
                name="one_cost_at_a_time",
                violation_error_message="Another cost of this begins at the same moment.",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="cost_is_more_than_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.feature}: {self.amount.normalize():f} per {self.unit}"
