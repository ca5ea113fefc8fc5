"""What a customer may do, compiled: pure values, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

# What a plan gives of each feature: how many, or ``None`` for "has it, without limit".
Values = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Held:
    """One plan that gives its features at this moment; ``until`` where the clock alone ends that."""

    plan_key: str
    plan_name: str
    rank: int
    values: Values
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entitlements:
    """The sum of all plans held: per feature the best value. ``stale_at`` says when to compile again."""

    plan_key: str = ""
    plan_name: str = ""
    features: Values = field(default_factory=dict)
    stale_at: datetime | None = None

    def includes(self, feature: str) -> bool:
        """Whether the plan has the feature at all; a limit of 0 means that it has not."""
        return self.features.get(feature, 0) != 0


def compile_entitlements(held: Iterable[Held], *, default: Held | None) -> Entitlements:
    """Add up the plans a customer holds and the free plan that everybody has.

    Values do not add up: the better one counts, and no limit is better than any. The plan's name is that of
    the highest rank. Nobody who pays has less than the free plan gives.
    """
    plans = sorted(held, key=lambda plan: plan.rank, reverse=True)
    if default:
        plans.append(default)
    if not plans:
        return Entitlements()
    return Entitlements(
        plan_key=plans[0].plan_key,
        plan_name=plans[0].plan_name,
        features=_best_values(plans),
        stale_at=min((plan.until for plan in plans if plan.until), default=None),
    )


def _best_values(plans: Iterable[Held]) -> Values:
    best: dict[str, int | None] = {}
    for plan in plans:
        for key, value in plan.values.items():
            best[key] = _better(best[key], value) if key in best else value
    return best


def _better(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)
