"""Comparisons with Stripe: how far a run has come, and what differed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.customers.models import StripeCustomer


class ReconciliationRun(models.Model):
    """One comparison of everything. ``stage`` and ``cursor`` say where a killed run goes on.

    ``holder`` is whoever works on it; one who sent no sign of life for a minute counts as dead.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        ABANDONED = "abandoned", "Given up"

    class Repairs(models.TextChoices):
        NOTHING = "nothing", "Nothing"
        OURS = "ours", "Our own rows"
        EVERYTHING = "everything", "Our rows, and the catalog at Stripe"

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    repairs = models.CharField(max_length=10, choices=Repairs, default=Repairs.NOTHING)
    stage = models.CharField(max_length=20, blank=True)
    cursor = models.CharField(max_length=255, blank=True)
    holder = models.UUIDField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    alive_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    compared = models.JSONField(default=dict, help_text="How many of each kind Stripe showed.")
    trouble = models.TextField(blank=True, help_text="What stopped it the last time.")

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="one_reconciliation_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"comparison of {self.started_at:%Y-%m-%d %H:%M}"


class Sighting(models.Model):
    """Something that Stripe showed in a run; what of ours it never showed is missing there."""

    run = models.ForeignKey(ReconciliationRun, on_delete=models.CASCADE, related_name="sightings")
    kind = models.CharField(max_length=20)
    stripe_id = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "stripe_id"], name="seen_once_in_a_run")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stripe_id}"


class Discrepancy(models.Model):
    """One thing that we and Stripe tell differently; seen twice, a minute apart, before it is open."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        SUBSCRIPTION = "subscription", "Subscription"
        INVOICE = "invoice", "Invoice"
        CREDIT = "credit", "Credits"
        CATALOG = "catalog", "Catalog"

    class State(models.TextChoices):
        SUSPECTED = "suspected", "Being looked at again"
        OPEN = "open", "Open"
        REPAIRED = "repaired", "Put right"
        IGNORED = "ignored", "Ignored"

    class Remedy(models.TextChoices):
        RECONCILE = "reconcile", "Read the customer from Stripe"
        LINK = "link", "Link the customer at Stripe"
        LEARN_EMAIL = "learn_email", "Note the address that Stripe has"
        PUBLISH = "publish", "Publish the catalog"
        PERSON = "person", "Somebody has to look"

    run = models.ForeignKey(ReconciliationRun, on_delete=models.CASCADE, related_name="discrepancies")
    kind = models.CharField(max_length=20, choices=Kind)
    customer = models.ForeignKey(
        StripeCustomer, on_delete=models.CASCADE, null=True, blank=True, related_name="discrepancies"
    )
    subject = models.CharField("about", max_length=255, help_text="Stripe's id, or the key of a plan.")
    field = models.CharField(max_length=60)
    ours = models.CharField("here", max_length=500, blank=True)
    at_stripe = models.CharField("at Stripe", max_length=500, blank=True)
    remedy = models.CharField("repair", max_length=20, choices=Remedy)
    proposal = models.TextField("proposed repair", help_text="What would put it right, in words.")
    state = models.CharField(max_length=10, choices=State, default=State.SUSPECTED)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "discrepancies"
        ordering = ["-found_at", "-pk"]
        indexes = [models.Index(fields=["state", "-found_at"], name="discrepancies_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "field"],
                condition=Q(state="open"),
                name="one_open_discrepancy_per_field",
            ),
            models.UniqueConstraint(
                fields=["run", "kind", "subject", "field"],
                condition=Q(state="suspected"),
                name="suspected_once_in_a_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.field}"
