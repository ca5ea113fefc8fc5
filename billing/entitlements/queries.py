"""Which entitlements somebody has; nothing is asked of the database that came with the user."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from billing.catalog.models import PlanFeature, PlanVersion
from billing.customers.models import StripeCustomer
from billing.entitlements.memory import Memory
from billing.entitlements.models import CatalogEpoch, FeatureGrant
from billing.entitlements.offers import CatalogView, FeatureFacts, catalog_view
from billing.entitlements.snapshot import Entitlements, Granted, Held, compile_entitlements
from billing.notices.queries import unread_count
from billing.subscriptions.models import ENTITLING, Subscription
from billing.subscriptions.queries import SubscriptionSummary, live_subscription, summarize
from billing.subscriptions.rules import entitled_until, is_entitling
from billing.usage.periods import period_start
from billing.usage.queries import keys_counted, total_of, totals_beside, totals_from

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

REMEMBERED_CUSTOMERS = 10_000
STANDS_IN_WITH = "_stands_in_with"  # what somebody without a row is to have, see ``stand_ins``

_compiled: Memory[Entitlements] = Memory(size=REMEMBERED_CUSTOMERS)


def with_entitlements(users: QuerySet[Any]) -> QuerySet[Any]:
    """Load users so that checks and the bell need no further query: payer, epochs, usage, new notices."""
    epoch = Subquery(CatalogEpoch.objects.values("value")[:1])
    usage = totals_beside("pk", now=timezone.now())
    loaded: QuerySet[Any] = users.select_related("stripe_customer").annotate(
        catalog_epoch=epoch, usage_totals=usage, unread_notices=unread_count()
    )
    return loaded


def entitlements_for(user: "AbstractBaseUser | AnonymousUser") -> Entitlements:
    """What this person may do. A visitor: nothing; a member without a subscription: the free plan."""
    if not user.is_authenticated:
        return Entitlements()
    if user.pk is None:
        return getattr(user, STANDS_IN_WITH, Entitlements())
    epoch = _catalog_epoch(user)
    customer = customer_of(user)
    if customer is None:
        return _of_no_customer(user.pk, catalog_view(epoch), epoch)
    return _compiled.get(
        (customer.pk, customer.entitlements_epoch, epoch),
        make=lambda: _compile(customer, catalog_view(epoch)),
        fresh=_is_fresh,
    )


def catalog_for(user: "AbstractBaseUser | AnonymousUser") -> CatalogView:
    """The catalog as of the epoch that came with the user; a visitor costs one small query per request."""
    return catalog_view(_catalog_epoch(user))


def switches_for(user: "AbstractBaseUser | AnonymousUser") -> frozenset[str]:
    """The features that somebody has or does not have, whatever they used. No query of its own."""
    features = catalog_for(user).features
    return frozenset(key for key, facts in features.items() if not facts.is_counted)


def current_subscription(user: "AbstractBaseUser | AnonymousUser") -> SubscriptionSummary | None:
    """The plan this person has or has to pay for, in the words of a page; ``None`` without one. One query."""
    customer = customer_of(user)
    subscription = live_subscription(customer) if customer else None
    return summarize(subscription) if subscription else None


def used_by(user: Any, feature: FeatureFacts) -> int:
    """How many of a counted feature this person used in the present period; no query where it came along."""
    customer = customer_of(user)
    if customer is None:
        return 0
    start = period_start(feature.period, timezone.now())
    came_along = getattr(user, "usage_totals", None)
    if came_along is None:
        return total_of(customer.pk, feature.pk, start)
    return totals_from(came_along).get((feature.pk, start), 0)


def counted_keys(user: Any, feature: str, keys: Iterable[str]) -> set[str]:
    """Which of ``keys`` this person used already in the present period: each of them is open for nothing."""
    customer, facts = customer_of(user), catalog_for(user).features.get(feature)
    if customer is None or facts is None:
        return set()
    return keys_counted(customer.pk, facts.pk, period_start(facts.period, timezone.now()), keys)


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


def _of_no_customer(person: int, catalog: CatalogView, epoch: UUID | None) -> Entitlements:
    """One answer for everybody who never spoke of money, unless a feature is open to some people only."""
    key = ("nobody", person if catalog.flags.rollouts else None, epoch)
    return _compiled.get(key, make=lambda: catalog.free_for(person), fresh=_is_fresh)


def _compile(customer: StripeCustomer, catalog: CatalogView) -> Entitlements:
    now = timezone.now()
    held, grants = held_and_granted(customer, now=now)
    return compile_entitlements(
        held,
        default=catalog.default,
        grants=grants,
        flags=catalog.flags,
        person=customer.user_id,
        now=now,
    )


def held_and_granted(customer: StripeCustomer, *, now: datetime) -> tuple[list[Held], list[Granted]]:
    """What gives the customer something: the plans of this moment, and the grants that last or are to come.

    One query.
    """
    payers = StripeCustomer.objects.filter(pk=customer.pk)
    rows = payers.values_list(_subscriptions_beside("pk"), _grants_beside("pk", now=now))
    subscriptions, grants = rows.first() or ([], [])
    held = [_held(row) for row in subscriptions if is_entitling(_subscription(row), now=now)]
    return held, [_granted(row) for row in grants]


def _subscriptions_beside(payer: str) -> ArraySubquery:
    given = PlanFeature.objects.filter(version=OuterRef("version")).order_by()
    rows = Subscription.objects.filter(customer=OuterRef(payer), status__in=ENTITLING).order_by()
    facts = JSONObject(
        status="status",
        since="current_period_start",
        grace="version__grace_days",
        plan=JSONObject(key="version__plan__key", name="version__plan__name", rank="version__plan__position"),
        given=ArraySubquery(given.values(pair=JSONObject(key="feature__key", value="value"))),
    )
    return ArraySubquery(rows.values(facts=facts))


def _grants_beside(payer: str, *, now: datetime) -> ArraySubquery:
    rows = FeatureGrant.objects.filter(customer=OuterRef(payer)).exclude(ends_at__lte=now).order_by()
    facts = JSONObject(feature="feature__key", value="value", starts="starts_at", ends="ends_at")
    return ArraySubquery(rows.values(facts=facts))


def _held(row: dict[str, Any]) -> Held:
    values = {pair["key"]: pair["value"] for pair in row["given"]}
    plan = row["plan"]
    return Held(plan["key"], plan["name"], plan["rank"], values, until=entitled_until(_subscription(row)))


def _subscription(row: dict[str, Any]) -> Subscription:
    """What the rules ask of a subscription."""
    return Subscription(
        status=row["status"],
        current_period_start=datetime.fromisoformat(row["since"]),
        version=PlanVersion(grace_days=row["grace"]),
    )


def _granted(row: dict[str, Any]) -> Granted:
    ends = row["ends"] and datetime.fromisoformat(row["ends"])
    return Granted(row["feature"], row["value"], datetime.fromisoformat(row["starts"]), ends)


def _is_fresh(entitlements: Entitlements) -> bool:
    return entitlements.stale_at is None or timezone.now() < entitlements.stale_at
