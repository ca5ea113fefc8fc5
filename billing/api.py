"""The only door of billing for other apps: what may somebody do, what do they have, what could they buy."""

from billing.catalog.cards import CardFeature, CardPrice, PlanCard
from billing.catalog.demo import load_demo_catalog
from billing.catalog.money import format_money, major_units
from billing.catalog.pricing import FeatureMatrix, MatrixRow, feature_matrix, pricing
from billing.catalog.queries import feature_choices, feature_keys
from billing.entitlements.answers import refuse, refuse_json
from billing.entitlements.decisions import Decision, Reason, UnknownFeature, check, plans_with_feature
from billing.entitlements.gate import RequiresFeatureMixin, requires_feature
from billing.entitlements.jobs import FeatureDenied, ensure_feature
from billing.entitlements.offers import PlanOffer
from billing.entitlements.queries import (
    counted_keys,
    current_subscription,
    entitlements_for,
    with_entitlements,
)
from billing.entitlements.quotas import use
from billing.entitlements.snapshot import Entitlements
from billing.entitlements.words import Refusal, explain
from billing.subscriptions.queries import SubscriptionSummary

__all__ = [
    "CardFeature",
    "CardPrice",
    "Decision",
    "Entitlements",
    "FeatureDenied",
    "FeatureMatrix",
    "MatrixRow",
    "PlanCard",
    "PlanOffer",
    "Reason",
    "Refusal",
    "RequiresFeatureMixin",
    "SubscriptionSummary",
    "UnknownFeature",
    "check",
    "counted_keys",
    "current_subscription",
    "ensure_feature",
    "entitlements_for",
    "explain",
    "feature_choices",
    "feature_keys",
    "feature_matrix",
    "format_money",
    "load_demo_catalog",
    "major_units",
    "plans_with_feature",
    "pricing",
    "refuse",
    "refuse_json",
    "requires_feature",
    "use",
    "with_entitlements",
]
