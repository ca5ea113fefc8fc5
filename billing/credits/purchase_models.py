"""What customers buy and have bought for them: intents stored before Stripe hears of them."""

from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.catalog.money import format_money
from billing.catalog.packs import CreditPack
from billing.credits.models import credits_field
from billing.customers.models import StripeCustomer

MOST_PACKS = 99


class CreditPurchase(models.Model):
    """One purchase of packs: what it costs and gives is fixed here, whatever the catalog says later.

    Its ``reference`` makes the idempotency key at Stripe and names the lot: paid once, granted once.
    """

    class Way(models.TextChoices):
        CHECKOUT = "checkout", "On Stripe's page"
        CARD = "card", "With the saved card"
        RELOAD = "reload", "By auto-reload"

    class Status(models.TextChoices):
        OPEN = "open", "Not paid yet"
        PAID = "paid", "Paid"
        FAILED = "failed", "Not paid"

    customer = models.ForeignKey(StripeCustomer, on_delete=models.PROTECT, related_name="credit_purchases")
    pack = models.ForeignKey(CreditPack, on_delete=models.PROTECT, related_name="purchases")
    quantity = models.PositiveSmallIntegerField(default=1)
    credits = credits_field()
    amount = models.PositiveBigIntegerField(help_text="In minor units, for the whole quantity.")
    currency = models.CharField(max_length=3)
    way = models.CharField(max_length=8, choices=Way)
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    stripe_session_id = models.CharField(max_length=255, blank=True, db_index=True)
    stripe_payment_intent_id = models.CharField(max_length=255, blank=True)
    url = models.URLField(max_length=5000, blank=True, help_text="Stripe's page where it is paid.")
    receipt_url = models.URLField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "credit purchase"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(way="reload", status="open"),
                name="one_open_reload_per_customer",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(quantity__lte=MOST_PACKS), name="purchase_of_1_to_99_packs"
            ),
        ]
        indexes = [models.Index(fields=["customer", "status"], name="purchases_of_customer")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.pack} ({self.status})"

    @property
    def formatted(self) -> str:
        """The price as people read it."""
        return format_money(self.amount, self.currency)


class CreditSettings(models.Model):
    """What a customer wants to happen when credits run low: to be told, and to have some bought.

    ``failures`` in a row put the next try off, and the last of them suspends auto-reload until another card
    than ``suspended_card`` is the default.
    """

    customer = models.OneToOneField(StripeCustomer, on_delete=models.PROTECT, related_name="credit_settings")
    tell_below = credits_field(null=True, blank=True, validators=[MinValueValidator(0)])
    reload_on = models.BooleanField(default=False)
    reload_below = credits_field(default=0, validators=[MinValueValidator(0)])
    reload_pack = models.ForeignKey(
        CreditPack, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    most_per_month = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    most_money_per_month = models.PositiveBigIntegerField(
        default=10_000, help_text="In minor units of the currency of the pack."
    )
    failures = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_card = models.CharField(max_length=255, blank=True)

    class Meta:
        verbose_name = "credit settings"
        verbose_name_plural = "credit settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(reload_on=False) | Q(reload_pack__isnull=False), name="reload_buys_a_pack"
            )
        ]

    def __str__(self) -> str:
        return f"credit settings of customer {self.customer_id}"


class ReloadMonth(models.Model):
    """What auto-reload did in a calendar month (UTC) in one currency, and may do.

    A runaway breaks on the constraints. Amounts are minor units of ``currency``.
    """

    customer = models.ForeignKey(StripeCustomer, on_delete=models.PROTECT, related_name="reload_months")
    month = models.DateField()
    currency = models.CharField(max_length=3, default="EUR", db_default="EUR")
    count = models.PositiveSmallIntegerField(default=0)
    amount = models.PositiveBigIntegerField(default=0)
    most = models.PositiveSmallIntegerField()
    most_amount = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "month", "currency"], name="one_reload_month_per_currency"
            ),
            models.CheckConstraint(condition=Q(count__lte=F("most")), name="reloads_within_count"),
            models.CheckConstraint(condition=Q(amount__lte=F("most_amount")), name="reloads_within_money"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}: {self.count}"
