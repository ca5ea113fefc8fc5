"""Changes of the catalog: save, archive, restore and delete plans. Every rule about versions is kept here."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.catalog.content import PlanContent
from billing.catalog.errors import CatalogRefusal
from billing.catalog.models import Feature, Plan, PlanFeature, PlanVersion, Price
from billing.catalog.queries import current_version, customers_of, is_held, is_plan_used, is_protected
from billing.catalog.validation import check_plan

# What a form may write; the rest of a plan's row belongs to archiving and publishing.
DETAILS = (
    "name",
    "tagline",
    "description",
    "is_public",
    "is_default",
    "is_highlighted",
    "badge",
    "position",
)


class Outcome(StrEnum):
    """What saving a plan did to its versions."""

    FIRST = "first"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """``kept_by`` counts the customers who stay on an earlier version."""

    plan: Plan
    version: PlanVersion
    outcome: Outcome
    kept_by: int


@transaction.atomic
def save_plan(*, plan: Plan, content: PlanContent) -> SavedPlan:
    """Save ``plan`` and make ``content`` what new customers get.

    A version that nobody holds is rewritten; a held one stays as it is for those who hold it, and the next
    version takes its place. The same content twice changes nothing. Raises ``ValidationError`` for what
    no plan may be.
    """
    check_plan(plan, content)
    plan.changed_at = timezone.now()
    plan.save(update_fields=[*DETAILS, "changed_at"] if plan.pk else None)
    version, outcome = _put_content(plan, content)
    earlier = plan.versions.exclude(pk=version.pk)
    return SavedPlan(plan=plan, version=version, outcome=outcome, kept_by=customers_of(earlier))


@transaction.atomic
def archive_plan(*, plan: Plan) -> None:
    """Take ``plan`` off sale. Who has it keeps it.

    Raises ``CatalogRefusal`` for the free plan: members without a subscription would have none.
    """
    refuse_to_retire(plan=plan)
    if plan.archived_at is None:
        plan.archived_at = plan.changed_at = timezone.now()
        plan.save(update_fields=["archived_at", "changed_at"])


def refuse_to_retire(*, plan: Plan) -> None:
    """Raise ``CatalogRefusal`` for the free plan."""
    if plan.is_default:
        raise CatalogRefusal("This is the free plan. Make another plan the free one before you archive it.")


@transaction.atomic
def restore_plan(*, plan: Plan) -> None:
    """Put an archived ``plan`` back, off the pricing page until somebody puts it there."""
    plan.archived_at = None
    plan.is_public = False
    plan.changed_at = timezone.now()
    plan.save(update_fields=["archived_at", "is_public", "changed_at"])


@transaction.atomic
def delete_plan(*, plan: Plan) -> None:
    """Remove ``plan`` and its versions without a trace.

    Raises ``CatalogRefusal`` where somebody has or had it, where Stripe knows it, and for the free plan.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    refuse_to_lose(plan=plan)
    plan.versions.all().delete()
    plan.delete()


def refuse_to_lose(*, plan: Plan) -> None:
    """Raise ``CatalogRefusal`` where somebody has or had it, where Stripe knows it, and for the free plan."""
    if plan.is_default:
        raise CatalogRefusal("This is the free plan. Make another plan the free one before you delete it.")
    if is_plan_used(plan):
        raise CatalogRefusal("Customers or Stripe know this plan, so it stays on record. Archive it instead.")


def delete_feature(*, feature: Feature) -> None:
    """Remove ``feature``. Raises ``CatalogRefusal`` where a plan gave it once, or somebody had or used it."""
    refuse_to_forget(feature=feature)
    try:
        feature.delete()
    except IntegrityError:  # a plan took it meanwhile
        refuse_to_forget(feature=feature)
        raise


def refuse_to_forget(*, feature: Feature) -> None:
    """Raise ``CatalogRefusal`` where a plan gave it once, or somebody had or used it."""
    if is_protected(feature):
        plans = Plan.objects.filter(versions__plan_features__feature=feature).distinct()
        names = ", ".join(f"“{plan}”" for plan in plans)
        why = f"is part of {names}, now or in an earlier version" if names else "was granted or used"
        raise CatalogRefusal(f"“{feature}” {why}, so it stays on record. You can switch it off.")


def _put_content(plan: Plan, content: PlanContent) -> tuple[PlanVersion, Outcome]:
    version = current_version(plan)
    if version is None:
        return _add_version(plan, content), Outcome.FIRST
    if PlanContent.of(version) == content:
        return version, Outcome.UNCHANGED
    if is_held(version):
        return _add_version(plan, content), Outcome.NEXT
    _rewrite(version, content)
    return version, Outcome.UPDATED


def _add_version(plan: Plan, content: PlanContent) -> PlanVersion:
    latest = plan.versions.order_by("-number").first()
    plan.versions.filter(is_current=True).update(is_current=False)
    version: PlanVersion = PlanVersion.objects.create(
        plan=plan,
        number=latest.number + 1 if latest else 1,
        **content.terms,
    )
    _put_features(version, content)
    _put_prices(version, content)
    return version


def _rewrite(version: PlanVersion, content: PlanContent) -> None:
    PlanVersion.objects.filter(pk=version.pk).update(**content.terms)
    _put_features(version, content)
    _put_prices(version, content)
    version.refresh_from_db()


def _put_features(version: PlanVersion, content: PlanContent) -> None:
    """A feature that stays as it is keeps its row: the audit log then tells only what changed."""
    present = {row.feature_id: row for row in PlanFeature.objects.filter(version=version)}
    version.plan_features.filter(feature_id__in=present.keys() - content.features.keys()).delete()
    for feature_id, value in content.features.items():
        if feature_id not in present:
            PlanFeature.objects.create(version=version, feature_id=feature_id, value=value)
        elif present[feature_id].value != value:
            PlanFeature.objects.filter(pk=present[feature_id].pk).update(value=value)


def _put_prices(version: PlanVersion, content: PlanContent) -> None:
    """A price that stays keeps its row, and with it its price at Stripe; a changed one is new there."""
    stay = set()
    for price in Price.objects.filter(version=version):
        if content.prices.get((price.interval, price.currency)) == price.amount:
            stay.add((price.interval, price.currency))
        else:
            price.delete()
    Price.objects.bulk_create(
        Price(version=version, interval=interval, currency=currency, amount=amount)
        for (interval, currency), amount in content.prices.items()
        if (interval, currency) not in stay
    )
