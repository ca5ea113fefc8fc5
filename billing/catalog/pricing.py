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
    """Every currency that a plan on offer or a pack of credits is sold in, the site's first. One query."""
    plans = Price.objects.filter(version__in=_on_offer_rows()).order_by().values_list("currency", flat=True)
    packs = _packs_on_sale().order_by().values_list("currency", flat=True)
    return sites_first(plans.union(packs))


def sites_first(currencies: Iterable[str]) -> tuple[str, ...]:
    """Each of them once, the site's first, then by letters."""
    return tuple(sorted(set(currencies), key=lambda code: (code != settings.BILLING_CURRENCY, code)))


def packs_on_sale() -> list[CreditPack]:
    """The packs of credits that can be bought now, in any currency, in their order. One query."""
    return list(_packs_on_sale())


def features_of(versions: Iterable[PlanVersion]) -> list[Feature]:
    """Every feature that one of ``versions`` gives, in the order of lists."""
    features = {row.feature for version in versions for row in version.plan_features.all()}
    return sorted(features, key=lambda feature: (feature.position, feature.key))


def _packs_on_sale() -> QuerySet[CreditPack]:
    return CreditPack.objects.filter(is_public=True, archived_at=None).exclude(stripe_price_id="")


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
