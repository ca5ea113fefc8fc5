"""What was billed: a projection of Stripe's invoices, written by ``refresh_invoices`` alone."""

from uuid import uuid4

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from billing.customers.models import StripeCustomer


class Invoice(models.Model):
    """One finalized invoice at Stripe, as last read. Amounts are minor units of ``currency``.

    ``lines`` holds what it is for: ``description``, ``amount``, ``quantity``, first and last day.
    ``read_number`` is the read of Stripe that the row shows; an older read never overwrites it.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PAID = "paid", "Paid"
        VOID = "void", "Cancelled"
        UNCOLLECTIBLE = "uncollectible", "Given up"

    customer = models.ForeignKey(StripeCustomer, on_delete=models.PROTECT, related_name="invoices")
    stripe_id = models.CharField(max_length=255, unique=True)
    subscription_stripe_id = models.CharField(max_length=255, blank=True)
    number = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=20, choices=Status)
    reason = models.CharField(max_length=60, blank=True, help_text="Why Stripe made it: subscription_cycle.")
    currency = models.CharField(max_length=3)
    subtotal = models.BigIntegerField(default=0)
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    amount_due = models.BigIntegerField(default=0)
    amount_paid = models.BigIntegerField(default=0)
    amount_remaining = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0, help_text="Taken off by credit notes.")
    refunded = models.BigIntegerField(default=0, help_text="Given back of what was paid.")
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    needs_action = models.BooleanField(default=False, help_text="The bank wants the customer to confirm.")
    lines = models.JSONField(default=list)
    read_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        indexes = [
            models.Index(fields=["customer", "-issued_at"], name="invoices_of_customer"),
            models.Index(fields=["customer"], condition=Q(status="open"), name="open_invoices_of_customer"),
        ]

    def __str__(self) -> str:
        return self.number or self.stripe_id

    @property
    def is_open(self) -> bool:
        """Whether there is something to pay."""
        return self.status == self.Status.OPEN and self.amount_remaining > 0


def private_storage() -> Storage:
    """Files that no address reaches directly."""
    return storages["private"]


class InvoiceArchive(models.Model):
    """All invoices of a customer as one ZIP, made by a job on request and kept for a week."""

    class Status(models.TextChoices):
        OPEN = "open", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    customer = models.ForeignKey(StripeCustomer, on_delete=models.CASCADE, related_name="invoice_archives")
    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    file = models.FileField(upload_to="invoice-archives", storage=private_storage, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(status="open"), name="one_open_archive_per_customer"
            )
        ]

    def __str__(self) -> str:
        return f"archive {self.pk} ({self.status})"

    def throw_file_away(self) -> None:
        """Delete its file, also one of an attempt that died before the row knew of it."""
        for name in {self.file.name or self.file_name, self.file_name}:
            self.file.storage.delete(name)

    @property
    def file_name(self) -> str:
        """Where every attempt writes, so that a later one replaces what an earlier one left."""
        return f"invoice-archives/{self.reference}.zip"
