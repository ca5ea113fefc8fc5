"""What is on offer now: the cards of the pricing page, and the table that compares every feature."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Prefetch, QuerySet

from billing.catalog.cards import PlanCard, build_card
from billing.catalog.models import Feature, PlanFeature, PlanVersion, Price
from billing.catalog.packs import CreditPack


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One feature across the plans; a value is True, False or text, in the order of the plans."""

    key: str
    label: str
    help: str
    values: tuple[bool | str, ...]


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """Every feature that a plan on offer gives, compared."""

    plans: tuple[PlanCard, ...]
    rows: tuple[MatrixRow, ...]


def pricing() -> list[PlanCard]:
    """The plans on offer now, in the order of the pricing page. Three queries."""
    versions = list(_on_offer())
    features = features_of(versions)
    return [build_card(version, features) for version in versions]


def feature_matrix() -> FeatureMatrix:
    """The plans on offer, feature by feature. Three queries."""
    versions = list(_on_offer())
    features = features_of(versions)
    given = [{row.feature_id: row for row in version.plan_features.all()} for version in versions]
    rows = tuple(
        MatrixRow(
            key=feature.key,
            label=feature.name,
            help=feature.description,
            values=tuple(_matrix_value(feature, plan_rows.get(feature.pk)) for plan_rows in given),
        )
        for feature in features
    )
    return FeatureMatrix(plans=tuple(build_card(version, features) for version in versions), rows=rows)


def currencies_on_sale() -> tuple[str, ...]:
    """Every currency that a plan on offer has a price in, the site's first."""
    priced = Price.objects.filter(version__in=_on_offer_rows()).order_by("currency")
    found = priced.values_list("currency", flat=True).distinct()
    return tuple(sorted(found, key=lambda currency: (currency != settings.BILLING_CURRENCY, currency)))


def packs_on_sale() -> list[CreditPack]:
    """The packs of credits that can be bought now, in the site's currency, in their order. One query."""
    on_sale = CreditPack.objects.filter(
        is_public=True, archived_at=None, currency=settings.BILLING_CURRENCY
    ).exclude(stripe_price_id="")
    return list(on_sale)


def features_of(versions: Iterable[PlanVersion]) -> list[Feature]:
    """Every feature that one of ``versions`` gives, in the order of lists."""
    features = {row.feature for version in versions for row in version.plan_features.all()}
    return sorted(features, key=lambda feature: (feature.position, feature.key))


def _on_offer_rows() -> QuerySet[PlanVersion]:
    on_offer: QuerySet[PlanVersion] = PlanVersion.objects.filter(
        is_current=True, plan__is_public=True, plan__archived_at=None
    )
    return on_offer


def _on_offer() -> QuerySet[PlanVersion]:
    rows = PlanFeature.objects.select_related("feature")
    return (
        _on_offer_rows()
        .select_related("plan")
        .prefetch_related("prices", Prefetch("plan_features", queryset=rows))
        .order_by("plan__position", "plan__key")
    )


def _matrix_value(feature: Feature, row: PlanFeature | None) -> bool | str:
    if row is None or row.value == 0:
        return False
    if feature.kind == Feature.Kind.SWITCH:
        return True
    if row.value is None:
        return "Unlimited"
    measure = f" {feature.unit}" if feature.unit.isupper() else ""
    return f"{intcomma(row.value)}{measure}"
