"""The ledger's rows. Only the database's own functions write balances, lots and entries: see ``ledger``."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import Exact
from django.utils import timezone

from billing.customers.models import StripeCustomer

NOTHING = Decimal(0)
# For conditions of constraints. PostgreSQL reads them anew with each statement that writes a row; a zero
# without decimals would be an integer, to be converted first.
ZERO = Decimal("0.0")


def credits_field(**options: Any) -> "models.DecimalField[Any, Any]":
    """An amount of credits: four decimals, never a float."""
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


class CreditAccount(models.Model):
    """One payer's credits: ``available`` to spend, ``held`` for work in progress, ``debt`` that refunds left.

    All three are written by the database's functions under this row's lock. ``next_event_at`` is never later
    than the next expiry, activation or time-out of a hold: before it, nothing is due. ``watch_below`` is the
    balance below which somebody waits to hear of it.
    """

    customer = models.OneToOneField(StripeCustomer, on_delete=models.PROTECT, related_name="credit_account")
    available = credits_field(default=NOTHING)
    held = credits_field(default=NOTHING)
    debt = credits_field(default=NOTHING)
    next_event_at = models.DateTimeField(null=True, blank=True, db_index=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    watch_below = credits_field(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "credit account"
        constraints = [
            models.CheckConstraint(condition=Q(available__gte=ZERO), name="credits_available_not_negative"),
            models.CheckConstraint(condition=Q(held__gte=ZERO), name="credits_held_not_negative"),
            models.CheckConstraint(condition=Q(debt__gte=ZERO), name="credits_debt_not_negative"),
        ]

    def __str__(self) -> str:
        return f"credits of customer {self.customer_id}"

    @property
    def frozen(self) -> bool:
        """Whether nothing can be spent while a payment is disputed."""
        return self.frozen_at is not None


class CreditLot(models.Model):
    """Credits that came together and end together; one per ``source`` and ``source_ref``, whoever brings it.

    Open lots are used in the order priority, earliest expiry, promotional before paid, effective, id. A
    pending lot is not part of the balance before ``effective_at``; a closed one has nothing left.
    """

    class Source(models.TextChoices):
        PLAN = "plan", "Included in a plan"
        TRIAL = "trial", "Included in a trial"
        PURCHASE = "purchase", "Bought"
        PROMOTION = "promotion", "Gift"
        ADMIN = "admin", "Granted by our team"
        ROLLOVER = "rollover", "Carried over from the last period"

    class Category(models.TextChoices):
        PROMOTIONAL = "promotional", "Promotional"
        PAID = "paid", "Paid"

    class State(models.TextChoices):
        PENDING = "pending", "Not yet usable"
        OPEN = "open", "Usable"
        CLOSED = "closed", "Used up or ended"

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="lots")
    source = models.CharField(max_length=20, choices=Source)
    source_ref = models.CharField(max_length=255)
    category = models.CharField(max_length=12, choices=Category)
    priority = models.SmallIntegerField(default=0)
    granted = credits_field()
    remaining = credits_field()
    state = models.CharField(max_length=8, choices=State)
    effective_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    payment_intent = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        db_index=True,
        help_text="What was paid for them at Stripe: a refund of it takes them back.",
    )
    origin = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="The subscription and the price at Stripe that included them.",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "credit lot"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_ref"], name="one_lot_per_source"),
            models.CheckConstraint(
                condition=Q(remaining__range=(ZERO, F("granted"))),
                name="lot_remaining_in_granted",
            ),
            models.CheckConstraint(condition=Q(granted__gt=ZERO), name="lot_grants_something"),
            models.CheckConstraint(
                condition=Exact(Q(state="closed"), Q(remaining=ZERO)),
                name="lot_closed_when_empty",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("effective_at")),
                name="lot_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                "account",
                "priority",
                "expires_at",
                F("category").desc(),
                "effective_at",
                "id",
                condition=Q(state="open"),
                name="open_lots_in_order",
            ),
            models.Index(
                fields=["account", "effective_at"], condition=Q(state="pending"), name="pending_lots"
            ),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="open_lots_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_ref}"


class CreditHold(models.Model):
    """Credits set aside for work in progress, taken from their lots beforehand: a capture cannot fail."""

    class State(models.TextChoices):
        OPEN = "open", "In progress"
        CAPTURED = "captured", "Spent"
        RELEASED = "released", "Given back"
        EXPIRED = "expired", "Timed out"

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="holds", db_index=False)
    key = models.CharField(max_length=200)
    amount = credits_field()
    captured = credits_field(default=NOTHING)
    state = models.CharField(max_length=8, choices=State)
    feature = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "credit hold"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_hold_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=ZERO), name="hold_takes_something"),
            models.CheckConstraint(
                condition=Q(captured__range=(ZERO, F("amount"))), name="hold_captured_in_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "expires_at"], condition=Q(state="open"), name="open_holds"),
        ]

    def __str__(self) -> str:
        return f"hold {self.key}"


class CreditHoldLot(models.Model):
    """How much of a hold was taken from which lot."""

    hold = models.ForeignKey(CreditHold, on_delete=models.PROTECT, related_name="takes")
    lot = models.ForeignKey(CreditLot, on_delete=models.PROTECT, related_name="+")
    amount = credits_field()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=ZERO), name="hold_lot_takes_something")]

    def __str__(self) -> str:
        return f"{self.amount} of lot {self.lot_id}"


class CreditEntry(models.Model):
    """One line of the ledger; a trigger refuses to change or delete it.

    ``amount`` is the change of what the account is worth (available and held, less debt), ``balance_after``
    that worth afterwards. ``key`` is the caller's, unique in the account; what the ledger does by itself has
    none. ``lot`` and ``hold`` say what the line is about, ``reverses`` which spend it gives back. Taking back
    may find less than it ``asked`` for, and says whether it was ``owing``, to know the same request again.
    """

    class Kind(models.TextChoices):
        GRANT = "grant", "Received"
        SPEND = "spend", "Spent"
        REVERSE = "reverse", "Given back"
        EXPIRE = "expire", "Expired"
        VOID = "void", "Taken back"
        CORRECT = "correct", "Corrected"
        SETTLE = "settle", "Debt settled"

    account = models.ForeignKey(
        CreditAccount, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    amount = credits_field()
    balance_after = credits_field()
    key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  (nulls are not compared)
    feature = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    lot = models.ForeignKey(
        CreditLot, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    hold = models.ForeignKey(
        CreditHold, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", db_index=False
    )
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )
    asked = credits_field(null=True, blank=True)
    owing = models.BooleanField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "credit entry"
        verbose_name_plural = "credit entries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_entry_per_key"),
            models.CheckConstraint(
                condition=Q(
                    kind__regex=Case(
                        When(amount__gt=ZERO, then=Value("^(grant|reverse)$")),
                        When(amount__lt=ZERO, then=Value("^(spend|expire|void|correct)$")),
                        default=Value("^settle$"),
                    )
                ),
                name="entry_amount_fits_kind",
            ),
        ]
        # Nearly every entry has no lot, hold or reversal: whole indexes would cost each spend three inserts.
        indexes = [
            models.Index(fields=["account", "id"], name="entries_of_account"),
            models.Index(
                fields=["account", "created_at"],
                include=["feature", "amount"],
                condition=Q(kind__in=["spend", "reverse"]),
                name="spending_by_day",
            ),
            BrinIndex(fields=["created_at"], name="entries_by_time"),
            models.Index(fields=["lot"], condition=~Q(lot=None), name="entries_of_lot"),
            models.Index(fields=["hold"], condition=~Q(hold=None), name="entries_of_hold"),
            models.Index(fields=["reverses"], condition=~Q(reverses=None), name="reversals_of_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.amount.normalize():,f} credits"


class CreditAllocation(models.Model):
    """Which lot an entry moved, and by how much; without a lot it moved the debt. Append-only too."""

    entry = models.ForeignKey(CreditEntry, on_delete=models.PROTECT, related_name="allocations")
    lot = models.ForeignKey(
        CreditLot, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    amount = credits_field()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=ZERO), name="allocation_moves_something")]

    def __str__(self) -> str:
        return f"{self.amount} of lot {self.lot_id}"
