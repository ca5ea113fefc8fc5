"""How far somebody is with what their plan gives, for the overview of their billing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma

from billing.catalog.models import Feature
from billing.entitlements.decisions import check
from billing.entitlements.snapshot import Entitlements

NEARLY = 0.8
RENEWED = {
    Feature.Period.DAY.value: "It begins anew each day.",
    Feature.Period.MONTH.value: "It begins anew each month.",
}


@dataclass(frozen=True, slots=True)
class Used:
    """One feature that was used, beside its limit; the names are those of ``components/meter.html``."""

    label: str
    used: int
    limit: int
    text: str
    tone: str
    note: str


def used_of(user: Any, features: Iterable[Feature], entitlements: Entitlements) -> list[Used]:
    """What was used of features with a limit; those nobody touched are left out. No query of its own."""
    rows = (_used(user, feature, entitlements.features[feature.key]) for feature in features)
    return [row for row in rows if row is not None]


def _used(user: Any, feature: Feature, limit: int | None) -> Used | None:
    if limit is None or feature.kind == Feature.Kind.SWITCH:
        return None
    used = check(user, feature.key).used
    if not used:
        return None
    return Used(
        label=feature.name,
        used=used,
        limit=limit,
        text=f"{intcomma(used)} of {intcomma(limit)} {feature.unit}".strip(),
        tone="danger" if used >= limit else "warning" if used >= limit * NEARLY else "",
        note=RENEWED.get(feature.period, ""),
    )
