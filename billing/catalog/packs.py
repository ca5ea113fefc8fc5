"""Credits that are sold by the pack, paid once."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from billing.catalog.limits import HIGHEST_AMOUNT, plan_key
from billing.catalog.money import format_money, validate_currency


class CreditPack(models.Model):
    """So many credits for a price in minor units of one currency (900 EUR = 9.00 €), for those who pay in it.

    What was bought is on record with the purchase: changing a pack changes what the next customer gets.
    """

    key = models.CharField(
        max_length=60,
        unique=True,
        validators=[plan_key],
        error_messages={"unique": "Another pack has this key already. Choose a key of its own."},
        help_text="The name in addresses, such as small. It cannot change later. The same credits in another "
        "currency are a pack of their own: small-usd.",
    )
    name = models.CharField(max_length=80, help_text="What customers read: 100 credits.")
    tagline = models.CharField(max_length=120, blank=True, help_text="One line under the name. May be empty.")
    credits = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001"))],
        help_text="How many credits the customer gets.",
    )
    amount = models.PositiveBigIntegerField(
        "price",
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_AMOUNT)],
        help_text="As customers read it: 9 or 9.00.",
    )
    currency = models.CharField(
        max_length=3,
        default="EUR",
        validators=[validate_currency],
        help_text="Three letters, as in EUR. The pack is offered to those who pay in it. Who pays in a "
        "currency without packs is offered those in the site's.",
    )
    is_public = models.BooleanField("on sale", default=True, help_text="Off: nobody can find or buy it.")
    is_highlighted = models.BooleanField(
        "recommended", default=False, help_text="It stands out among the packs."
    )
    position = models.PositiveSmallIntegerField(
        "place in lists", default=0, help_text="Small numbers come first."
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    stripe_product_id = models.CharField(max_length=255, blank=True, editable=False)
    stripe_price_id = models.CharField(max_length=255, blank=True, editable=False)
    stripe_compared_at = models.DateTimeField(null=True, blank=True, editable=False)
    # One sentence per difference between this pack and Stripe, as of ``stripe_compared_at``.
    stripe_differences = models.JSONField(default=list, editable=False)

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["stripe_price_id"],
                condition=~Q(stripe_price_id=""),
                name="one_pack_per_stripe_price",
            ),
            models.CheckConstraint(condition=Q(credits__gt=0), name="pack_has_credits"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="pack_costs_something"),
            models.CheckConstraint(
                condition=Q(currency=Upper(F("currency"))), name="pack_currency_in_capitals"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def formatted(self) -> str:
        """The price as people read it: €9.00."""
        return format_money(self.amount, self.currency)
