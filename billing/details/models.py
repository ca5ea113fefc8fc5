"""The intent behind each change of what stands on invoices, stored before Stripe hears of it."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from billing.customers.models import StripeCustomer


class DetailsChange(models.Model):
    """One change that a customer asked for. ``wanted`` is emptied when it is over: Stripe keeps the details.

    ``changed`` names what was to change, such as ``address``, for the audit log, which learns no values.
    """

    class Kind(models.TextChoices):
        DETAILS = "details", "Details"
        ADD_TAX_ID = "add_tax_id", "New tax number"
        REMOVE_TAX_ID = "remove_tax_id", "Removal of a tax number"

    class Status(models.TextChoices):
        OPEN = "open", "Under way"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        REPLACED = "replaced", "Replaced by another"

    customer = models.ForeignKey(StripeCustomer, on_delete=models.PROTECT, related_name="details_changes")
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reference = models.UUIDField(default=uuid4, editable=False, help_text="Makes the idempotency key.")
    wanted = models.JSONField(default=dict)
    changed = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "change of billing details"
        verbose_name_plural = "changes of billing details"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(status="open"), name="one_open_details_change"
            )
        ]

    def __str__(self) -> str:
        return f"change of details {self.pk} ({self.status})"
