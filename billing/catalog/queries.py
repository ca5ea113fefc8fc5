"""Reads of the catalog: which version counts, and who holds what."""

from django.db.models import PROTECT, Count, Exists, ManyToOneRel, Model, OuterRef, Prefetch, Q, QuerySet

from billing.catalog.models import Feature, Plan, PlanFeature, PlanVersion


def current_version(plan: Plan) -> PlanVersion | None:
    """The version that new customers get; None while the plan has never been saved with its content."""
    return plan.versions.filter(is_current=True).first()


def is_held(version: PlanVersion) -> bool:
    """Whether somebody subscribed to ``version``, or ever took it to a checkout: it cannot change any more.

    An abandoned checkout counts too: what was offered there stays on record. So does a price that somebody
    pays who was moved to another version. The database's trigger
    ``held_version_is_immutable`` holds the same rule.
    """
    paid = Q(checkout_attempts__isnull=False) | Q(subscriptions__isnull=False)
    return bool(version.subscriptions.exists() or version.prices.filter(paid).exists())


def customers_of(versions: QuerySet[PlanVersion]) -> int:
    """How many customers hold one of ``versions`` now: their subscription has not ended."""
    held = versions.filter(subscriptions__isnull=False, subscriptions__ended_at=None)
    return held.aggregate(customers=Count("subscriptions__customer", distinct=True))["customers"] or 0


def is_plan_used(plan: Plan) -> bool:
    """Whether a customer or Stripe knows, or knew, ``plan``: then it can be archived, never deleted."""
    used = Q(subscriptions__isnull=False) | Q(prices__checkout_attempts__isnull=False)
    return bool(plan.stripe_product_id) or plan.versions.filter(used).exists()


def is_protected(row: Model) -> bool:
    """Whether rows of others refer to this one in a way that keeps it from being deleted.

    Asks for one row of each kind, however many there are: a feature may have been used a million times.
    """
    relations = (
        field for field in row._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)
    )
    return any(
        QuerySet(relation.related_model).filter(**{relation.field.name: row}).exists()
        for relation in relations
        if relation.on_delete is PROTECT
    )


def plans_with_content() -> QuerySet[Plan]:
    """Every plan; of its ``versions`` only the current one is loaded, with its prices."""
    current = PlanVersion.objects.filter(is_current=True)
    return Plan.objects.prefetch_related(Prefetch("versions", current), "versions__prices")


def plans_for_admin() -> QuerySet[Plan]:
    """Every plan with what the list of plans shows, in a number of queries that does not grow."""
    living = Q(versions__subscriptions__isnull=False, versions__subscriptions__ended_at=None)
    customers = Count("versions__subscriptions__customer", filter=living, distinct=True)
    return plans_with_content().annotate(customer_count=customers)


def features_for_admin() -> QuerySet[Feature]:
    """Every feature with the number of plans that give it today."""
    given = Q(plan_features__version__is_current=True, plan_features__version__plan__archived_at=None)
    return Feature.objects.annotate(
        plan_count=Count("plan_features__version__plan", filter=given, distinct=True),
        is_given=Exists(PlanFeature.objects.filter(feature=OuterRef("pk"))),
    )


def feature_choices() -> list[tuple[str, str]]:
    """(key, name) of every feature, for the menus that editors choose from."""
    return list(Feature.objects.values_list("key", "name"))


def feature_keys() -> frozenset[str]:
    """The key of every feature there is."""
    return frozenset(Feature.objects.values_list("key", flat=True))


def feature_kind(key: str) -> str:
    """The kind of the feature with this key; empty where there is none."""
    return Feature.objects.filter(key=key).values_list("kind", flat=True).first() or ""


def plan_choices() -> list[tuple[str, str]]:
    """(key, name) of every plan that somebody can have beside the free one."""
    held = Plan.objects.filter(versions__is_current=True, is_default=False, archived_at=None)
    return list(held.values_list("key", "name"))
