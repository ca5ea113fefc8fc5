"""A shop in which everything has happened once: what tests of billing's screens look at."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.actors import acting
from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun
from billing.catalog.models import Feature, Plan, PlanVersion
from billing.catalog.packs import CreditPack
from billing.checkout.models import Departure
from billing.credits.costs import CreditCost
from billing.credits.grants import Terms, grant
from billing.credits.models import CreditLot
from billing.credits.purchase_models import CreditPurchase
from billing.entitlements.models import FeatureGrant
from billing.entitlements.services import end_grant, grant_feature
from billing.notices.models import Alert
from billing.publishing.models import Publication
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving.models import VersionMove
from billing.subscriptions.moving.running import run_batch
from billing.subscriptions.moving.services import request_move
from tests.factories.billing import (
    FeatureFactory,
    InboxEventFactory,
    InvoiceFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

LONG_ADDRESS = "a-customer-with-a-very-long-address.of-some-department@example.com"
RENAMED = "Update the product “Cutter”: name is “Cutter (old)” in Stripe, “Cutter” here."
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Shop:
    """What was made, by the names that tests ask for."""

    lena: Any
    cutter: PlanVersion
    subscriptions: tuple[Subscription, ...]
    grant: FeatureGrant
    move: VersionMove


def open_shop() -> Shop:
    """Four plans in every state, five customers, and one of everything else."""
    lena = UserFactory(email="lena.hartmann@example.com")
    with acting(user=lena, origin="admin", why="Spring prices", place="POST /admin/billing/plans/create/"):
        cutter = _plans()
    subscriptions = _customers(cutter)
    grant = _grants(lena, subscriptions)
    move = _move(lena)
    _packs(subscriptions[0])
    _traces(lena, subscriptions[0])
    return Shop(lena, cutter, subscriptions, grant, move)


def _plans() -> PlanVersion:
    FeatureFactory(key="exports", name="Exports")
    FeatureFactory(key="api", name="API access", opening="some", opening_percent=20)
    FeatureFactory(key="charts", name="Charts", opening="nobody")
    FeatureFactory(key="reads", name="Free reads", kind="limit", unit="articles", period="month")
    dinghy = {"plan__key": "dinghy", "plan__name": "Dinghy", "plan__is_default": True}
    PlanVersionFactory(**dinghy, features={"reads": 3})
    cutter = PlanVersionFactory(
        plan__key="cutter", plan__name="Cutter", is_current=False, features={"exports": None, "seats": 10}
    )
    PriceFactory(version=cutter, stripe_price_id="price_old")
    PriceFactory(version=cutter, interval="year", amount=19000, stripe_price_id="price_old_year")
    now = PlanVersionFactory(plan=cutter.plan, number=2, trial_days=14, features={"api": None, "seats": 5})
    PriceFactory(version=now, amount=2900, stripe_price_id="price_new")
    PriceFactory(version=now, interval="year", amount=29000, stripe_price_id="price_new_year")
    PriceFactory(version=now, amount=3200, currency="USD")
    Plan.objects.filter(pk=cutter.plan_id).update(
        is_highlighted=True,
        badge="Most teams",
        stripe_product_id="quickscale-cutter",
        stripe_compared_at=timezone.now() + HOUR,
        stripe_differences=[RENAMED],
    )
    schooner = PlanVersionFactory(plan__key="schooner", plan__name="Schooner", features={"exports": None})
    PriceFactory(version=schooner, amount=9600)
    raft = {"plan__key": "raft", "plan__name": "Raft", "plan__is_public": False}
    PlanVersionFactory(**raft, plan__archived_at=timezone.now())
    return cutter


def _customers(cutter: PlanVersion) -> tuple[Subscription, ...]:
    monthly, yearly = cutter.prices.get(interval="month"), cutter.prices.get(interval="year")
    schooner = PlanVersion.objects.get(plan__key="schooner").prices.get()
    return (
        SubscriptionFactory(price=monthly, customer__user__email="ada@example.com"),
        SubscriptionFactory(price=monthly, customer__user__email=LONG_ADDRESS),
        SubscriptionFactory(price=yearly, status="past_due"),
        SubscriptionFactory(price=schooner, status="trialing"),
    )


def _grants(lena: Any, subscriptions: tuple[Subscription, ...]) -> FeatureGrant:
    ada, other, third, _ = (subscription.customer.user for subscription in subscriptions)
    api, reads, exports = (Feature.objects.get(key=key) for key in ("api", "reads", "exports"))
    end = timezone.now() + timedelta(days=9)
    given = grant_feature(user=ada, feature=api, value=None, reason="Speaker", by=lena, ends_at=end)
    grant_feature(user=other, feature=reads, value=50, reason="Bought by phone: ticket 4711", by=lena)
    over = grant_feature(user=third, feature=exports, value=None, reason="Beta", by=lena)
    end_grant(grant=over, why="The beta is over")
    return given


def _move(lena: Any) -> VersionMove:
    schooner = PlanVersion.objects.get(plan__key="schooner")
    target = PlanVersionFactory(plan=schooner.plan, number=2, is_current=False, features={"charts": None})
    PriceFactory(version=target, amount=9600)
    move = request_move(source=schooner, target=target, when="now", why="Fair for all", by=lena)
    run_batch(move=move)
    return move


def _packs(subscription: Subscription) -> None:
    customer = subscription.customer
    small = CreditPack.objects.create(key="small", name="100 credits", credits=100, amount=900)
    CreditPack.objects.create(key="large", name="500 credits", credits=500, amount=3900)
    CreditPurchase.objects.create(
        customer=customer, pack=small, credits=100, amount=900, currency="EUR", way="checkout"
    )
    terms = Terms(source=CreditLot.Source.ADMIN, source_ref="1")
    grant(customer=customer, amount=Decimal(40), terms=terms, reason="Sorry")
    exports = Feature.objects.get(key="exports")
    CreditCost.objects.create(feature=exports, unit="export", amount=2)
    next_year = timezone.now() + timedelta(days=365)
    CreditCost.objects.create(feature=exports, unit="export", amount=3, effective_from=next_year)


def _traces(lena: Any, subscription: Subscription) -> None:
    customer, now = subscription.customer, timezone.now()
    InboxEventFactory(customer=customer)
    InvoiceFactory(customer=customer)
    Departure.objects.create(subscription=subscription, reason="Too expensive")
    Alert.objects.create(rule="catalog_drift", subject="catalog", sentence="Stripe and the catalog differ.")
    run = ReconciliationRun.objects.create(alive_at=now)
    Discrepancy.objects.create(
        run=run,
        kind="catalog",
        subject="cutter",
        field="name",
        state="open",
        remedy="publish",
        proposal="Publish.",
        found_at=now,
    )
    Publication.objects.create(
        is_live_mode=False,
        state=Publication.State.DONE,
        finished_at=now,
        requested_by=lena,
        changes=[{"plan": "cutter", "sentence": "Create the price €29.00 per month."}],
    )
