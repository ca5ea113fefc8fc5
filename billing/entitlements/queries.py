"""Which entitlements somebody has; nothing is asked of the database that came with the user."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from billing.catalog.models import PlanVersion
from billing.customers.models import StripeCustomer
from billing.entitlements.memory import Memory
from billing.entitlements.models import CatalogEpoch
from billing.entitlements.offers import CatalogView, catalog_view, held_plan
from billing.entitlements.snapshot import Entitlements, Held, compile_entitlements
from billing.subscriptions.models import Subscription
from billing.subscriptions.queries import SubscriptionSummary, live_subscription, summarize
from billing.subscriptions.rules import entitled_until, is_entitling

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

REMEMBERED_CUSTOMERS = 10_000

_compiled: Memory[Entitlements] = Memory(size=REMEMBERED_CUSTOMERS)


def with_entitlements(users: QuerySet[Any]) -> QuerySet[Any]:
    """Load users so that permission checks need no further query: payer and both epochs in one join."""
    epoch = Subquery(CatalogEpoch.objects.values("value")[:1])
    loaded: QuerySet[Any] = users.select_related("stripe_customer").annotate(catalog_epoch=epoch)
    return loaded


def entitlements_for(user: "AbstractBaseUser | AnonymousUser") -> Entitlements:
    """What this person may do. A visitor: nothing; a member without a subscription: the free plan."""
    if not user.is_authenticated:
        return Entitlements()
    epoch = _catalog_epoch(user)
    customer = customer_of(user)
    if customer is None:
        return catalog_view(epoch).free
    return _compiled.get(
        (customer.pk, customer.entitlements_epoch, epoch),
        make=lambda: _compile(customer, catalog_view(epoch)),
        fresh=_is_fresh,
    )


def catalog_for(user: "AbstractBaseUser | AnonymousUser") -> CatalogView:
    """The catalog as of the epoch that came with the user; a visitor costs one small query per request."""
    return catalog_view(_catalog_epoch(user))


def current_subscription(user: "AbstractBaseUser | AnonymousUser") -> SubscriptionSummary | None:
    """The plan this person has or has to pay for, in the words of a page; ``None`` without one. One query."""
    customer = customer_of(user)
    subscription = live_subscription(customer) if customer else None
    return summarize(subscription) if subscription else None


def customer_of(user: Any) -> StripeCustomer | None:
    """The payer's row of this user, or ``None`` where nothing about money has happened yet."""
    try:
        customer: StripeCustomer = user.stripe_customer
    except (AttributeError, ObjectDoesNotExist):
        return None
    return customer


def _catalog_epoch(user: Any) -> UUID | None:
    loaded: UUID | None = getattr(user, "catalog_epoch", None)
    if loaded is None:
        loaded = CatalogEpoch.objects.values_list("value", flat=True).first()
        if not user.is_authenticated:
            user.catalog_epoch = loaded
    return loaded


def _compile(customer: StripeCustomer, catalog: CatalogView) -> Entitlements:
    subscriptions = Subscription.objects.filter(customer=customer).prefetch_related(
        "version__plan", "version__plan_features__feature"
    )
    now = timezone.now()
    held = [_held(row) for row in subscriptions if is_entitling(row, now=now)]
    return compile_entitlements(held, default=catalog.default)


def _held(subscription: Subscription) -> Held:
    version: PlanVersion = subscription.version
    plan = held_plan(version)
    return Held(plan.plan_key, plan.plan_name, plan.rank, plan.values, until=entitled_until(subscription))


def _is_fresh(entitlements: Entitlements) -> bool:
    return entitlements.stale_at is None or timezone.now() < entitlements.stale_at
