"""A move of customers to another version of their plan, and what became of each of them."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from billing.catalog.models import PlanVersion, Price
from billing.subscriptions.models import Subscription

BUSY = ["running", "undoing"]
UNDER_WAY = "Another move of this version is under way. Wait for it, or undo it."


class VersionMove(models.Model):
    """Somebody's wish to move everybody who holds ``source`` to ``target``; a job fulfils it in batches."""

    class When(models.TextChoices):
        NOW = "now", "Now"
        PERIOD_END = "period_end", "At the end of each one's period"

    class State(models.TextChoices):
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    source = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="moves_away")
    target = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="moves_here")
    when = models.CharField(max_length=10, choices=When, default=When.NOW)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    why = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Stripe's ids of prices that are on sale there for as long as a batch takes; stored before they are.
    opened_prices = models.JSONField(default=list, db_default=Value([], models.JSONField()), editable=False)

    class Meta:
        verbose_name = "move"
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(state__in=BUSY),
                name="one_move_at_a_time",
                violation_error_message=UNDER_WAY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} to {self.target.number}"


class MovedSubscription(models.Model):
    """One subscription of a move: where it was, where it goes, and how far that is.

    ``to_price`` is empty where the price stays: then Stripe hears of nothing. ``former_*`` keep what an
    earlier move had decided, for undoing. ``reference`` makes the idempotency keys.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        TOLD = "told", "New price from the next payment on, the rest at the end of the period"
        DONE = "done", "Moved"
        SKIPPED = "skipped", "Not moved"
        FAILED = "failed", "Failed"
        UNDONE = "undone", "Put back"
        KEPT = "kept", "Changed since, so left as it is"

    move = models.ForeignKey(VersionMove, on_delete=models.CASCADE, related_name="rows")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="moves")
    from_price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="+")
    to_price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, related_name="+")
    former_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, null=True, related_name="+")
    former_price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    note = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the customer was told, if at all.")
    reference = models.UUIDField(default=uuid4, editable=False)

    class Meta:
        verbose_name = "moved subscription"
        ordering = ["pk"]
        indexes = [models.Index(fields=["move", "state", "due_at"], name="moves_to_go_on_with")]
        constraints = [
            models.UniqueConstraint(fields=["move", "subscription"], name="moved_once_per_move"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription}: {self.get_state_display().lower()}"
