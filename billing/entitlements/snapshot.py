"""What a customer may do, compiled: pure values, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from billing.entitlements.flags import NO_FLAGS, Flags

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
class Granted:
    """One feature given by name, from ``starts_at`` until ``ends_at``; ``None``: until somebody ends it."""

    feature: str
    value: int | None
    starts_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime | None) -> bool:
        """Whether it is given at this moment: from the very second it starts to the one before it ends."""
        return now is not None and self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


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


def compile_entitlements(
    held: Iterable[Held],
    *,
    default: Held | None,
    grants: Iterable[Granted] = (),
    flags: Flags = NO_FLAGS,
    person: int | None = None,
    now: datetime | None = None,
) -> Entitlements:
    """Add up the plans a customer holds, the free plan that everybody has, and what was granted by name.

    Values do not add up: the better one counts, and no limit is better than any. The plan's name is that of
    the highest rank. Nobody who pays has less than the free plan gives. A grant opens also what is open to
    some people only; what is switched off is closed to everybody. Grants need ``now``.
    """
    plans = sorted(held, key=lambda plan: plan.rank, reverse=True)
    if default:
        plans.append(default)
    lasting = list(grants)
    given = {**flags.defaults, **_best_values(plan.values for plan in plans)}
    opened = {feature: value for feature, value in given.items() if flags.lets(feature, person)}
    granted = [{grant.feature: grant.value} for grant in lasting if grant.holds(now)]
    features = _best_values([opened, *granted])
    return Entitlements(
        plan_key=plans[0].plan_key if plans else "",
        plan_name=plans[0].plan_name if plans else "",
        features={feature: value for feature, value in features.items() if feature not in flags.off},
        stale_at=_next_turn(plans, lasting, now),
    )


def _next_turn(plans: Iterable[Held], grants: Iterable[Granted], now: datetime | None) -> datetime | None:
    """The first moment at which the clock alone changes something."""
    turns = [plan.until for plan in plans if plan.until]
    if now:
        ends = (turn for grant in grants for turn in (grant.starts_at, grant.ends_at) if turn)
        turns += [turn for turn in ends if turn > now]
    return min(turns, default=None)


def _best_values(sources: Iterable[Values]) -> dict[str, int | None]:
    best: dict[str, int | None] = {}
    for values in sources:
        for key, value in values.items():
            best[key] = _better(best[key], value) if key in best else value
    return best


def _better(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)
