"""The catalog as permission checks need it: features, the free plan, and the plan to offer for a feature."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.text import get_text_list

from billing.catalog.cards import amount_in_words
from billing.catalog.models import Feature, Plan, PlanFeature, PlanVersion, Price
from billing.catalog.money import format_money
from billing.credits.costs import CreditCost
from billing.entitlements.flags import NO_FLAGS, Flags, Rollout
from billing.entitlements.memory import Memory
from billing.entitlements.models import FeatureTester
from billing.entitlements.snapshot import Entitlements, Held, Values, compile_entitlements

HIGHLIGHTS = 6  # what fits beside a paywall
CURRENCIES = 3  # what fits into a sentence


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """A plan somebody could buy: what it is called, what it costs, what it gives, where to get it.

    ``price`` names every currency it is sold in: €36 or $39 per month.
    """

    key: str
    name: str
    tagline: str
    price: str
    trial_days: int
    url: str
    highlights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeatureFacts:
    """What a decision needs to know of a feature itself."""

    pk: int
    name: str
    kind: str
    unit: str
    period: str
    overage: str

    @property
    def stops_at_limit(self) -> bool:
        """Whether nothing goes beyond the limit; else it passes, and is told or paid for."""
        return self.overage in {Feature.Overage.BLOCK, Feature.Overage.CAP}

    @property
    def is_counted(self) -> bool:
        """Whether uses of it add up; a switch is only had or not."""
        return self.kind != Feature.Kind.SWITCH


Cost = tuple[str, datetime, Decimal]
"""A unit, the moment from which it costs so much, and how many credits."""


@dataclass(frozen=True, slots=True)
class CatalogView:
    """The catalog at one epoch. ``offers`` are cheapest first; ``giving`` holds what each of them gives."""

    features: Mapping[str, FeatureFacts]
    default: Held | None
    offers: tuple[PlanOffer, ...]
    giving: Mapping[str, Values]
    costs: Mapping[str, tuple[Cost, ...]] = field(default_factory=dict)
    flags: Flags = NO_FLAGS

    @property
    def free(self) -> Entitlements:
        """What any member without a subscription may do."""
        return self.free_for(None)

    def free_for(self, person: int | None) -> Entitlements:
        """What this member, a user's id, may do without a subscription."""
        return compile_entitlements((), default=self.default, flags=self.flags, person=person)

    def cost_of(self, feature: str, *, now: datetime) -> Decimal | None:
        """What one of the feature costs in credits at this moment; ``None`` where credits do not buy it.

        A feature that is priced by several units has no one price: its code says which it asks for.
        """
        costs = self.costs.get(feature, ())
        if len({unit for unit, _, _ in costs}) != 1:
            return None
        return next((amount for _, since, amount in costs if since <= now), None)

    def offers_with(self, feature: str, *, more_than: int | None = 0) -> Iterator[PlanOffer]:
        """The plans that give more of it than ``more_than``, cheapest first; none of what is switched off."""
        if more_than is None or feature in self.flags.off:
            return
        for offer in self.offers:
            value = self.giving[offer.key].get(feature, 0)
            if value is None or value > more_than:
                yield offer


_views: Memory[CatalogView] = Memory(size=2)


def catalog_view(epoch: UUID | None) -> CatalogView:
    """The catalog as of ``epoch``; read from the database once per process and epoch."""
    return _views.get(epoch, make=_read_catalog, fresh=lambda _: True)


def held_plan(version: PlanVersion) -> Held:
    """What this version of a plan gives; needs ``plan`` and ``plan_features__feature`` loaded."""
    values = {row.feature.key: row.value for row in version.plan_features.all()}
    return Held(version.plan.key, version.plan.name, version.plan.position, values)


def _read_catalog() -> CatalogView:
    """Six queries, whatever the number of plans, features and people."""
    versions = list(
        PlanVersion.objects.filter(is_current=True, plan__archived_at=None)
        .select_related("plan")
        .prefetch_related(Prefetch("plan_features", PlanFeature.objects.select_related("feature")), "prices")
    )
    features = list(Feature.objects.all())
    priced = sorted(_priced(versions), key=lambda pair: pair[0].amount)
    default = next((version for version in versions if version.plan.is_default), None)
    return CatalogView(
        features={feature.key: _facts(feature) for feature in features},
        default=held_plan(default) if default else None,
        offers=tuple(_offer(price, version) for price, version in priced),
        giving={version.plan.key: held_plan(version).values for _, version in priced},
        costs=_costs(),
        flags=_flags(features),
    )


def _facts(feature: Feature) -> FeatureFacts:
    return FeatureFacts(feature.pk, feature.name, feature.kind, feature.unit, feature.period, feature.overage)


def _flags(features: list[Feature]) -> Flags:
    people: dict[str, set[int]] = {}
    for key, person in FeatureTester.objects.values_list("feature__key", "customer__user_id"):
        people.setdefault(key, set()).add(person)
    return Flags(
        off=frozenset(one.key for one in features if one.opening == Feature.Opening.NOBODY),
        rollouts={
            one.key: Rollout(one.opening_percent, frozenset(people.get(one.key, ())))
            for one in features
            if one.opening == Feature.Opening.SOME
        },
        defaults={
            one.key: None if one.kind == Feature.Kind.SWITCH else one.default_value
            for one in features
            if one.default_value
        },
    )


def _costs() -> dict[str, tuple[Cost, ...]]:
    """Every cost of each feature, the newest first."""
    found: dict[str, tuple[Cost, ...]] = {}
    rows = CreditCost.objects.order_by("-effective_from")
    for key, *cost in rows.values_list("feature__key", "unit", "effective_from", "amount"):
        found[key] = (*found.get(key, ()), (cost[0], cost[1], cost[2]))
    return found


def _priced(versions: Iterable[PlanVersion]) -> Iterator[tuple[Price, PlanVersion]]:
    for version in versions:
        prices = [price for price in version.prices.all() if price.stripe_price_id]
        if prices and version.plan.is_public and not version.plan.is_default:
            yield min(prices, key=_home_and_monthly_first), version


def _home_and_monthly_first(price: Price) -> tuple[bool, bool, int]:
    foreign = price.currency != settings.BILLING_CURRENCY
    return foreign, price.interval != Price.Interval.MONTH, price.amount


def _offer(price: Price, version: PlanVersion) -> PlanOffer:
    plan: Plan = version.plan
    return PlanOffer(
        key=plan.key,
        name=plan.name,
        tagline=plan.tagline,
        price=f"{_in_every_currency(price, version)} {price.per}",
        trial_days=version.trial_days,
        url=reverse("billing:checkout", kwargs={"plan": plan.key}),
        highlights=tuple(_highlights(version)),
    )


def _in_every_currency(price: Price, version: PlanVersion) -> str:
    """What it costs whoever reads it: a paywall that is kept is the same for people of any currency."""
    prices = [one for one in version.prices.all() if one.stripe_price_id and one.interval == price.interval]
    prices.sort(key=lambda one: (one.currency != price.currency, one.currency))
    amounts = [format_money(one.amount, one.currency, short=True) for one in prices]
    if len(amounts) > CURRENCIES:
        amounts = [amounts[0], "a price in your currency"]
    return get_text_list(amounts, "or")


def _highlights(version: PlanVersion) -> list[str]:
    """The first things the plan gives, in the catalog's order and words."""
    given = [row for row in version.plan_features.all() if row.value != 0]
    given.sort(key=lambda row: (row.feature.position, row.feature.pk))
    return [amount_in_words(row.feature, row.value) for row in given[:HIGHLIGHTS]]
