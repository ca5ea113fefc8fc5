"""What a version of a plan gives and costs, as one value that can be compared, checked and copied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from billing.catalog.limits import GRACE_DAYS
from billing.catalog.models import PlanVersion

PriceKey = tuple[str, str]

# What a version says beside its features and prices.
TERMS = ("trial_days", "credits_per_period", "credits_rollover", "credits_cap", "grace_days")


@dataclass(frozen=True, slots=True)
class PlanContent:
    """``features`` maps a feature's id to its limit (None: without limit, or simply: has it).

    ``prices`` maps (interval, currency) to an amount in minor units.
    """

    trial_days: int = 0
    credits_per_period: Decimal = Decimal(0)
    credits_rollover: str = PlanVersion.Rollover.NONE
    credits_cap: Decimal = Decimal(0)
    grace_days: int = GRACE_DAYS
    features: Mapping[int, int | None] = field(default_factory=dict)
    prices: Mapping[PriceKey, int] = field(default_factory=dict)

    @classmethod
    def of(cls, version: PlanVersion) -> Self:
        """The content of ``version``, saved or not."""
        return cls(
            **{term: getattr(version, term) for term in TERMS},
            features={row.feature_id: row.value for row in version.plan_features.all()},
            prices={(row.interval, row.currency): row.amount for row in version.prices.all()},
        )

    @property
    def terms(self) -> dict[str, Any]:
        """What stands on the version's own row."""
        return {term: getattr(self, term) for term in TERMS}
