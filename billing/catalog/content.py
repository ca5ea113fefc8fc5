"""What a version of a plan gives and costs, as one value that can be compared, checked and copied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from billing.catalog.models import PlanVersion

PriceKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PlanContent:
    """``features`` maps a feature's id to its limit (None: without limit, or simply: has it).

    ``prices`` maps (interval, currency) to an amount in minor units.
    """

    trial_days: int = 0
    credits_per_period: Decimal = Decimal(0)
    features: Mapping[int, int | None] = field(default_factory=dict)
    prices: Mapping[PriceKey, int] = field(default_factory=dict)

    @classmethod
    def of(cls, version: PlanVersion) -> Self:
        """The content of ``version``, saved or not."""
        return cls(
            trial_days=version.trial_days,
            credits_per_period=version.credits_per_period,
            features={row.feature_id: row.value for row in version.plan_features.all()},
            prices={(row.interval, row.currency): row.amount for row in version.prices.all()},
        )
