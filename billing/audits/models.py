"""Who changed what in billing: written by triggers of the database alone, and never changed afterwards."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models


class AuditEntry(models.Model):
    """One change of one row. ``before`` and ``after`` hold what changed, or the whole row made or deleted.

    No foreign keys: an entry outlives the row and the person it is about. ``user_email`` is the address as of
    then. ``transaction`` groups what was changed together.
    """

    class Operation(models.TextChoices):
        INSERT = "insert", "Created"
        UPDATE = "update", "Changed"
        DELETE = "delete", "Deleted"
        TRUNCATE = "truncate", "Emptied"

    class Origin(models.TextChoices):
        ADMIN = "admin", "The admin"
        SITE = "site", "The site"
        CHECKOUT = "checkout", "A customer's checkout"
        WEBHOOK = "webhook", "Stripe's webhook"
        JOB = "job", "A job"
        COMMAND = "command", "The command line"
        DATABASE = "database", "A script, or the database itself"

    at = models.DateTimeField()
    kind = models.CharField("what", max_length=40)
    row_id = models.CharField("row", max_length=64)
    label = models.TextField("name")
    operation = models.CharField(max_length=10, choices=Operation)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    user_id = models.BigIntegerField(null=True)
    user_email = models.TextField("who")
    why = models.TextField()
    origin = models.CharField("from where", max_length=20, choices=Origin)
    place = models.TextField(help_text="The address, job or command that made the change.")
    transaction = models.BigIntegerField()
    request_id = models.CharField(
        "request", max_length=40, default="", db_default="", help_text="Every line it logged has this number."
    )
    words = models.GeneratedField(
        expression=SearchVector("kind", "row_id", "label", "user_email", "why", "place", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_by_day"),
            models.Index(fields=["kind", "-at", "-id"], name="audit_by_kind"),
            models.Index(fields=["kind", "row_id", "-at", "-id"], name="audit_by_row"),
            models.Index(fields=["user_email", "-at", "-id"], name="audit_by_person"),
            models.Index(fields=["user_id"], condition=models.Q(user_id__isnull=False), name="audit_by_user"),
            models.Index(fields=["origin", "-at", "-id"], name="audit_by_origin"),
            models.Index(fields=["transaction"], name="audit_by_transaction"),
            models.Index(fields=["request_id"], condition=~models.Q(request_id=""), name="audit_by_request"),
            GinIndex(fields=["words"], name="audit_by_word"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}: {self.get_operation_display().lower()}"
