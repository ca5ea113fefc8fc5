"""What is sold: features, plans, the versions of a plan, and their prices."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from billing.catalog.limits import (
    GRACE_DAYS,
    HIGHEST_AMOUNT,
    LONGEST_GRACE_DAYS,
    LONGEST_TRIAL_DAYS,
    feature_key,
    plan_key,
)
from billing.catalog.money import format_money, validate_currency


class Feature(models.Model):
    """Something a plan gives: a switch (yes or no), a limit (so many), or a meter (counted as it is used)."""

    class Kind(models.TextChoices):
        SWITCH = "switch", "Switch: the plan has it or not"
        LIMIT = "limit", "Limit: so many per period"
        METER = "meter", "Meter: counted as it is used"

    class Period(models.TextChoices):
        NONE = "", "No period: a total"
        DAY = "day", "Per day"
        MONTH = "month", "Per month"

    class Overage(models.TextChoices):
        BLOCK = "block", "Block: no more than the plan gives"
        CAP = "cap", "Cap: take what is left, refuse the rest"
        GRACE = "grace", "Grace: let it pass and tell the customer"
        BILL = "bill", "Bill: what is beyond is paid for"

    class Opening(models.TextChoices):
        ALL = "all", "Everybody whose plan gives it"
        SOME = "some", "Some of them: a part of all customers, and those named below"
        NOBODY = "nobody", "Nobody: switched off, whatever anybody has"

    key = models.CharField(
        max_length=60,
        unique=True,
        validators=[feature_key],
        error_messages={"unique": "Another feature has this key already. Choose a key of its own."},
        help_text="The name that pages and code ask for, such as premium_articles. It cannot change later.",
    )
    name = models.CharField(max_length=80, help_text="What customers read: Premium articles.")
    description = models.CharField(
        max_length=200, blank=True, help_text="One sentence for the comparison table. May be empty."
    )
    kind = models.CharField(
        max_length=10,
        choices=Kind,
        default=Kind.SWITCH,
        help_text="How the feature is given. It cannot change once a plan gives the feature.",
    )
    unit = models.CharField(
        max_length=30, blank=True, help_text="What is counted, in the plural: articles, projects, GB."
    )
    period = models.CharField(
        max_length=10,
        choices=Period,
        default=Period.NONE,
        blank=True,
        help_text="When counting starts again from zero.",
    )
    overage = models.CharField(
        "beyond the limit",
        max_length=10,
        choices=Overage,
        default=Overage.BLOCK,
        db_default=Overage.BLOCK,
        help_text="What happens when somebody asks for more than their plan gives.",
    )
    default_value = models.PositiveBigIntegerField(
        "without a plan that says so",
        default=0,
        db_default=0,
        help_text="What members have whose plans do not name the feature. 0: nothing. For a switch: 1 or 0.",
    )
    opening = models.CharField(
        "open to",
        max_length=10,
        choices=Opening,
        default=Opening.ALL,
        db_default=Opening.ALL,
        help_text="In force with the next click of everybody.",
    )
    opening_percent = models.PositiveSmallIntegerField(
        "per cent of customers",
        default=0,
        db_default=0,
        validators=[MaxValueValidator(100)],
        help_text="Always the same people: raising the number only adds some. Only where it is open to some.",
    )
    position = models.PositiveSmallIntegerField(
        "place in lists", default=0, help_text="Small numbers come first."
    )

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """A plan as customers know it; what it gives and costs is said by its versions."""

    key = models.CharField(
        max_length=60,
        unique=True,
        validators=[plan_key],
        error_messages={"unique": "Another plan has this key already. Choose a key of its own."},
        help_text="The name in addresses, such as team. It cannot change later.",
    )
    name = models.CharField(max_length=80, help_text="What customers read: Team.")
    tagline = models.CharField(
        max_length=120, blank=True, help_text="Who the plan is for, in one line under its name."
    )
    description = models.TextField(
        blank=True, max_length=500, help_text="Stands on Stripe's checkout page and on invoices."
    )
    is_public = models.BooleanField(
        "on the pricing page", default=True, help_text="Off: nobody new can find or buy the plan."
    )
    is_default = models.BooleanField(
        "free plan of everyone without another",
        default=False,
        help_text="What members have before they subscribe, and after. It has no price and no trial.",
    )
    is_highlighted = models.BooleanField(
        "recommended", default=False, help_text="Its card stands out on the pricing page."
    )
    badge = models.CharField(
        max_length=30, blank=True, help_text="Two or three words on a recommended plan's card: Most teams."
    )
    position = models.PositiveSmallIntegerField(
        "place in lists", default=0, help_text="Small numbers come first."
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    stripe_product_id = models.CharField(max_length=255, blank=True, editable=False)
    stripe_compared_at = models.DateTimeField(null=True, blank=True, editable=False)
    # One sentence per difference between this plan and Stripe, as of ``stripe_compared_at``.
    stripe_differences = models.JSONField(default=list, editable=False)

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_plan",
                violation_error_message="Another plan is the free plan. Take the mark off there first.",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None),
                name="free_plan_is_not_archived",
                violation_error_message="Make another plan the free one before you archive this one.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanVersion(ClusterableModel):
    """What a plan gives and costs. Immutable once a customer holds it: a change makes the next version."""

    class Rollover(models.TextChoices):
        NONE = "none", "End with the period"
        CAPPED = "capped", "Carried over, up to a cap"
        FULL = "full", "Carried over"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True, help_text="New customers get this version.")
    trial_days = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(LONGEST_TRIAL_DAYS)],
        help_text="Days before the first payment. 0: no trial.",
    )
    credits_per_period = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text="Credits that come with every payment. 0: none.",
    )
    credits_rollover = models.CharField(
        "credits left over",
        max_length=10,
        choices=Rollover,
        default=Rollover.NONE,
        db_default=Rollover.NONE,
        help_text="What becomes of credits that nobody spent when the next ones come.",
    )
    credits_cap = models.DecimalField(
        "cap",
        max_digits=18,
        decimal_places=4,
        default=Decimal(0),
        db_default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text="How many credits are carried over at most. Only with a cap.",
    )
    grace_days = models.PositiveSmallIntegerField(
        default=GRACE_DAYS,
        db_default=GRACE_DAYS,
        validators=[MaxValueValidator(LONGEST_GRACE_DAYS)],
        help_text="Days that the plan goes on after a renewal that was not paid. 0: it stops at once.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(is_current=True), name="one_current_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"


class PlanFeature(models.Model):
    """One feature in one version of a plan; ``value`` is the limit, and empty means without one."""

    version = ParentalKey(PlanVersion, on_delete=models.CASCADE, related_name="plan_features")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="plan_features")
    value = models.PositiveBigIntegerField(
        "how many",
        null=True,
        blank=True,
        help_text="The limit, or the quantity included. Empty: without limit. A switch takes no number.",
    )

    class Meta:
        verbose_name = "feature of a plan"
        verbose_name_plural = "features of plans"
        ordering = ["feature__position", "feature__key"]
        constraints = [models.UniqueConstraint(fields=["version", "feature"], name="one_value_per_feature")]

    def __str__(self) -> str:
        return f"{self.version}: {self.feature}"


class Price(models.Model):
    """What a version costs per interval, in minor units of one currency (1900 EUR = 19.00 €)."""

    class Interval(models.TextChoices):
        MONTH = "month", "Monthly"
        YEAR = "year", "Yearly"

    version = ParentalKey(PlanVersion, on_delete=models.CASCADE, related_name="prices")
    interval = models.CharField(max_length=10, choices=Interval, default=Interval.MONTH)
    currency = models.CharField(
        max_length=3, default="EUR", validators=[validate_currency], help_text="Three letters, as in EUR."
    )
    amount = models.PositiveBigIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_AMOUNT)],
        help_text="In minor units: 1900 means 19.00.",
    )
    stripe_price_id = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        ordering = ["currency", "interval"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "interval", "currency"], name="one_price_per_interval"
            ),
            models.UniqueConstraint(
                fields=["stripe_price_id"],
                condition=~Q(stripe_price_id=""),
                name="one_price_per_stripe_price",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="price_is_more_than_nothing"),
            models.CheckConstraint(condition=Q(currency=Upper(F("currency"))), name="currency_in_capitals"),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.formatted} {self.per}"

    @property
    def formatted(self) -> str:
        """The amount as people read it: €19.00."""
        return format_money(self.amount, self.currency)

    @property
    def per(self) -> str:
        """How often it is paid, in words that follow the amount."""
        return "per month" if self.interval == self.Interval.MONTH else "per year"
