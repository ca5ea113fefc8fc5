"""What is sold: features, plans, the versions of a plan, and their prices."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel


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

    key = models.SlugField(
        max_length=60, unique=True, help_text="The name developers and pages use. It cannot change later."
    )
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SWITCH)
    unit = models.CharField(
        max_length=30, blank=True, help_text="What is counted, in the plural: articles, projects, GB."
    )
    period = models.CharField(max_length=10, choices=Period, default=Period.NONE, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """A plan as customers know it; what it gives and costs is said by its versions."""

    key = models.SlugField(
        max_length=60, unique=True, help_text="The name in addresses. It cannot change later."
    )
    name = models.CharField(max_length=80)
    tagline = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    is_public = models.BooleanField("on the pricing page", default=True)
    is_default = models.BooleanField("free plan of everyone without another", default=False)
    is_highlighted = models.BooleanField("recommended", default=False)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    stripe_product_id = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_plan",
                violation_error_message="Another plan is the free plan. Take the mark off there first.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PlanVersion(ClusterableModel):
    """What a plan gives and costs. Immutable once a customer holds it: a change makes the next version."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True, help_text="New customers get this version.")
    trial_days = models.PositiveSmallIntegerField(default=0)
    credits_per_period = models.DecimalField(
        max_digits=18, decimal_places=4, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
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
        return f"{self.plan} v{self.number}"


class PlanFeature(models.Model):
    """One feature in one version of a plan; ``value`` is the limit, and empty means without one."""

    version = ParentalKey(PlanVersion, on_delete=models.CASCADE, related_name="plan_features")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="plan_features")
    value = models.PositiveBigIntegerField(null=True, blank=True, help_text="How many. Empty: without limit.")

    class Meta:
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
    currency = models.CharField(max_length=3, default="EUR", help_text="Three letters, as in EUR.")
    amount = models.PositiveBigIntegerField(help_text="In minor units: 1900 means 19.00.")
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
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.amount} {self.currency}/{self.interval}"
