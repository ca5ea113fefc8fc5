"""What a move would do, before anybody decides: how many, who loses what, what they pay. Writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Min, QuerySet

from billing.catalog.cards import amount_in_words
from billing.catalog.models import Feature, PlanVersion, Price
from billing.subscriptions.models import Subscription
from billing.subscriptions.projection import ENDED

NOTHING = "not included"
INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the two versions give differently; ``effect``: they gain, lose or see a change.

    A term, such as the days of grace, is no feature.
    """

    name: str
    before: str
    after: str
    effect: str
    is_feature: bool = True


@dataclass(frozen=True, slots=True)
class PriceGroup:
    """The customers who pay one price. No ``after``: the target has none in their interval and currency.

    Their paid periods end between ``first_end`` and ``last_end``.
    """

    before: Price
    after: Price | None
    customers: int
    first_end: datetime
    last_end: datetime

    @property
    def stays(self) -> bool:
        """Whether they go on paying what they pay: Stripe then hears of nothing."""
        return self.after is not None and self.after.amount == self.before.amount

    @property
    def is_possible(self) -> bool:
        """Whether there is a price to move to, and Stripe knows it if it must hear of it."""
        return self.stays or (self.after is not None and bool(self.after.stripe_price_id))


@dataclass(frozen=True, slots=True)
class MovePreview:
    """Everything an admin should know before moving customers."""

    groups: tuple[PriceGroup, ...]
    differences: tuple[Difference, ...]

    @property
    def customers(self) -> int:
        """How many will be moved."""
        return sum(group.customers for group in self.groups if group.is_possible)

    @property
    def stay_behind(self) -> int:
        """How many cannot be moved."""
        return sum(group.customers for group in self.groups if not group.is_possible)

    @property
    def losses(self) -> list[Difference]:
        """What they lose."""
        return [difference for difference in self.differences if difference.effect == "lose"]


def preview_move(*, source: PlanVersion, target: PlanVersion) -> MovePreview:
    """What moving everybody from ``source`` to ``target`` would do. The queries do not grow with either."""
    return MovePreview(
        groups=tuple(price_groups(source=source, target=target)),
        differences=tuple(differences(source=source, target=target)),
    )


def differences(*, source: PlanVersion, target: PlanVersion) -> Iterator[Difference]:
    """What the two versions give differently; what they cost is not part of it."""
    yield from _of_features(source, target)
    yield from _of_terms(source, target)


def holders_of(version: PlanVersion) -> QuerySet[Subscription]:
    """The subscriptions that would move: those on the version that have not ended."""
    return Subscription.objects.filter(version=version, ended_at=None).exclude(status__in=ENDED)


def price_groups(*, source: PlanVersion, target: PlanVersion) -> Iterator[PriceGroup]:
    """Who pays what today, and what they would pay."""
    counted = (
        holders_of(source)
        .order_by()
        .values("price")
        .annotate(
            customers=Count("pk"), first_end=Min("current_period_end"), last_end=Max("current_period_end")
        )
    )
    counts = {row["price"]: row for row in counted}
    offered = {(price.interval, price.currency): price for price in target.prices.all()}
    for price in Price.objects.filter(pk__in=counts):
        count = counts[price.pk]
        yield PriceGroup(
            before=price,
            after=offered.get((price.interval, price.currency)),
            customers=count["customers"],
            first_end=count["first_end"],
            last_end=count["last_end"],
        )


def _of_features(source: PlanVersion, target: PlanVersion) -> Iterator[Difference]:
    before, after = ({row.feature: row.value for row in _rows(version)} for version in (source, target))
    for feature in sorted(before.keys() | after.keys(), key=lambda feature: (feature.position, feature.key)):
        old, new = (values.get(feature, 0) for values in (before, after))
        if old != new:
            yield Difference(feature.name, _said(feature, old), _said(feature, new), _effect(old, new))


def _rows(version: PlanVersion) -> QuerySet:  # type: ignore[type-arg]
    rows: QuerySet = version.plan_features.select_related("feature")  # type: ignore[type-arg]
    return rows


def _said(feature: Feature, value: int | None) -> str:
    if value == 0:
        return NOTHING
    return INCLUDED if feature.kind == Feature.Kind.SWITCH else amount_in_words(feature, value)


def _effect(old: int | None, new: int | None) -> str:
    gains = new is None or (old is not None and new > old)
    return "gain" if gains else "lose"


def _of_terms(source: PlanVersion, target: PlanVersion) -> Iterator[Difference]:
    for field, unit in (("credits_per_period", " a period"), ("grace_days", " days")):
        old, new = getattr(source, field), getattr(target, field)
        if old != new:
            name = str(PlanVersion._meta.get_field(field).verbose_name).capitalize()
            yield Difference(
                name, f"{_number(old)}{unit}", f"{_number(new)}{unit}", _effect(old, new), is_feature=False
            )
    old, new = source.get_credits_rollover_display(), target.get_credits_rollover_display()
    if (old, source.credits_cap) != (new, target.credits_cap):
        yield Difference(
            "Credits left over", _rollover(source), _rollover(target), "see a change", is_feature=False
        )


def _rollover(version: PlanVersion) -> str:
    cap = f" of {_number(version.credits_cap)}" if version.credits_cap else ""
    return f"{version.get_credits_rollover_display()}{cap}"


def _number(value: Decimal | int) -> str:
    """Without decimals that say nothing."""
    return f"{Decimal(value).normalize():f}"
