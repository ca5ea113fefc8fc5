"""What another version of a plan gives more or less than this one, and what of it is used beyond it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from billing.catalog.cards import amount_in_words
from billing.catalog.models import Feature, PlanVersion
from billing.entitlements.decisions import check


@dataclass(frozen=True, slots=True)
class Change:
    """One feature: how much of it before and after, in words; empty for not at all."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What is gained, what is lost, and what is used beyond the new limits now."""

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    beyond: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether both give the same."""
        return not (self.gained or self.lost)


def differences(old: PlanVersion, new: PlanVersion, *, user: Any) -> Differences:
    """Compare two versions feature by feature, in the order of lists. Two queries, and what was used."""
    before, after = _values(old), _values(new)
    features = sorted({*before, *after}, key=lambda feature: (feature.position, feature.key))
    gained: list[Change] = []
    lost: list[Change] = []
    beyond: list[str] = []
    for feature in features:
        one, other = before.get(feature, 0), after.get(feature, 0)
        if one == other:
            continue
        change = Change(feature.name, _in_words(feature, one), _in_words(feature, other))
        (gained if _is_more(other, one) else lost).append(change)
        beyond += _beyond(feature, other, user)
    return Differences(tuple(gained), tuple(lost), tuple(beyond))


def _values(version: PlanVersion) -> dict[Feature, int | None]:
    rows: Iterable[Any] = version.plan_features.select_related("feature")
    return {row.feature: row.value for row in rows}


def _is_more(one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return one is None
    return one > other


def _in_words(feature: Feature, value: int | None) -> str:
    return "" if value == 0 else amount_in_words(feature, value)


def _beyond(feature: Feature, limit: int | None, user: Any) -> list[str]:
    """A sentence where more is used now than the new plan gives."""
    used = check(user, feature.key).used if limit is not None else None
    if not used or limit is None or used <= limit:
        return []
    return [
        f"{feature.name}: you use {used}, the new plan gives {limit}. Nothing is deleted, nothing is added."
    ]
