"""A plan as the pricing page shows it: a card with prices and features in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse

from billing.catalog.models import Feature, PlanFeature, PlanVersion, Price
from billing.catalog.money import format_money

MONTHS_A_YEAR = 12
PERIOD_WORDS = {Feature.Period.DAY.value: " a day", Feature.Period.MONTH.value: " a month"}


@dataclass(frozen=True, slots=True)
class CardPrice:
    """``amount`` is in minor units of ``currency``; ``saving_percent`` compares a year with twelve months."""

    interval: str
    currency: str
    amount: int
    formatted: str
    per: str
    monthly_equivalent: str
    saving_percent: int


@dataclass(frozen=True, slots=True)
class CardFeature:
    """One line of a card: ``label`` says how much, as in “8 connected sources”. No ``value``: no limit."""

    key: str
    name: str
    label: str
    included: bool
    value: int | None


@dataclass(frozen=True)
class PlanCard:
    """One plan on offer, with its prices in every currency and every feature that any plan on offer gives."""

    key: str
    name: str
    tagline: str
    description: str
    highlighted: bool
    badge: str
    is_default: bool
    trial_days: int
    prices: tuple[CardPrice, ...]
    features: tuple[CardFeature, ...]

    @cached_property
    def checkout_url(self) -> str:
        """Where to buy it; add ``?interval=year`` for the yearly price. Nothing for the free plan."""
        return "" if self.is_default else reverse("billing:checkout", kwargs={"plan": self.key})

    @cached_property
    def monthly(self) -> CardPrice | None:
        """The monthly price in the site's currency."""
        return self._price(Price.Interval.MONTH, settings.BILLING_CURRENCY)

    @cached_property
    def yearly(self) -> CardPrice | None:
        """The yearly price in the site's currency."""
        return self._price(Price.Interval.YEAR, settings.BILLING_CURRENCY)

    def prices_in(self, currency: str) -> tuple[CardPrice | None, CardPrice | None]:
        """The monthly and the yearly price in ``currency``; in the site's where the plan has none in it."""
        found = self._price(Price.Interval.MONTH, currency), self._price(Price.Interval.YEAR, currency)
        return found if any(found) else (self.monthly, self.yearly)

    def _price(self, interval: str, currency: str) -> CardPrice | None:
        wanted = (interval, currency)
        return next((price for price in self.prices if (price.interval, price.currency) == wanted), None)


def build_card(version: PlanVersion, features: Sequence[Feature]) -> PlanCard:
    """The card of ``version``, saved or not yet; ``features`` are its lines, given or not."""
    plan = version.plan
    prices = list(version.prices.all())
    given = {row.feature_id: row for row in version.plan_features.all()}
    return PlanCard(
        key=plan.key,
        name=plan.name,
        tagline=plan.tagline,
        description=plan.description,
        highlighted=plan.is_highlighted,
        badge=plan.badge,
        is_default=plan.is_default,
        trial_days=version.trial_days,
        prices=tuple(_card_price(price, prices) for price in prices),
        features=tuple(_card_feature(feature, given.get(feature.pk)) for feature in features),
    )


def amount_in_words(feature: Feature, value: int | None) -> str:
    """How much of ``feature`` a plan gives: “8 sources”, “Unlimited people”.

    A unit in capitals is a measure, which says little without the name: “File storage: 20 GB”.
    """
    if feature.kind == Feature.Kind.SWITCH:
        return feature.name
    period = PERIOD_WORDS.get(feature.period, "")
    if value is None:
        return f"Unlimited {feature.unit or feature.name.lower()}"
    if feature.unit.isupper():
        return f"{feature.name}: {intcomma(value)} {feature.unit}{period}"
    if not feature.unit or value == 1:
        return f"{feature.name}: {intcomma(value)}"
    return f"{intcomma(value)} {feature.unit}{period}"


def _card_price(price: Price, prices: Iterable[Price]) -> CardPrice:
    yearly = price.interval == Price.Interval.YEAR
    monthly = round(price.amount / MONTHS_A_YEAR) if yearly else price.amount
    return CardPrice(
        interval=price.interval,
        currency=price.currency,
        amount=price.amount,
        formatted=format_money(price.amount, price.currency, short=True),
        per=price.per,
        monthly_equivalent=format_money(monthly, price.currency, short=True),
        saving_percent=_saving(price, prices) if yearly else 0,
    )


def _saving(yearly: Price, prices: Iterable[Price]) -> int:
    """What a year saves against twelve months of the same currency, in whole per cent, never rounded up."""
    for price in prices:
        if price.interval == Price.Interval.MONTH and price.currency == yearly.currency:
            full = price.amount * MONTHS_A_YEAR
            return max(0, (full - yearly.amount) * 100 // full)
    return 0


def _card_feature(feature: Feature, row: PlanFeature | None) -> CardFeature:
    included = row is not None and row.value != 0
    value = row.value if row else 0
    label = amount_in_words(feature, value) if included else feature.name
    return CardFeature(key=feature.key, name=feature.name, label=label, included=included, value=value)
