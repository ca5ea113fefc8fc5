"""What the gate remembers: which pages readers bought, and how often pages were read and refused."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PageUnlock(models.Model):
    """A page that a reader paid credits for and keeps, whatever its audience or price becomes.

    The row is the intent: it is stored before credits are spent, and its key makes the spend happen once.
    """

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.SET_NULL, null=True, related_name="unlocks")
    page_title = models.CharField(max_length=255)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="page_unlocks"
    )
    credits = models.PositiveIntegerField(help_text="What was asked when the reader agreed.")
    entry_id = models.PositiveBigIntegerField(null=True, help_text="The spend in the credit ledger.")
    created_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "unlocked page"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "page"], condition=Q(refunded_at=None), name="one_unlock_per_page"
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.page_title}” for {self.credits} credits"


class GateDay(models.Model):
    """What happened at the gate of one page on one day (UTC); sums only, nothing about anybody."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="gate_days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    unlocks = models.PositiveIntegerField(default=0)
    sign_ups = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "day"], name="one_gate_day_per_page")]

    def __str__(self) -> str:
        return f"page {self.page_id} on {self.day}"
