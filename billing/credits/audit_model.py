"""What the nightly audit of the ledger found, kept so that somebody sees that it ran."""

from django.db import models
from django.utils import timezone


class CreditAudit(models.Model):
    """One look of the nightly audit at the whole ledger."""

    entries = models.PositiveBigIntegerField()
    violations = models.PositiveIntegerField()
    ended_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"audit of {self.ended_at:%Y-%m-%d}"
