"""The only door of billing for other apps: what may somebody do, what do they have, what could they buy."""

from billing.audits.forgetting import forget_in_audit_log
from billing.catalog.cards import CardFeature, CardPrice, PlanCard
from billing.catalog.demo import load_demo_catalog
from billing.catalog.money import format_money, major_units
from billing.catalog.pricing import FeatureMatrix, MatrixRow, feature_matrix, pricing
from billing.catalog.queries import feature_choices, feature_keys, feature_kind, plan_choices
from billing.checkout.closing import close_payer, end_plan, forget_told, keep_plan
from billing.checkout.pricing_table import allow_stripes_table
from billing.credits.demo import load_demo_costs
from billing.credits.errors import (
    AccountFrozen,
    AccountFull,
    CreditsRefused,
    HoldEnded,
    InsufficientCredits,
    InvalidAmount,
    InvalidKey,
    InvalidPriority,
    InvalidSource,
    InvalidSpan,
    InvalidTerms,
    InvalidWords,
    KeyReused,
    MoreThanThereIs,
    UnknownCustomer,
    UnknownRecord,
)
from billing.credits.grants import Granted, Terms, grant, take_back
from billing.credits.pricing import cost_of
from billing.credits.queries import Balance, Part, balance
from billing.credits.queries import explain as explain_entry
from billing.credits.services import Held, Spent, capture, heartbeat, hold, release, reverse, spend
from billing.credits.telling import credits_in_words
from billing.customers.services import note_payer
from billing.entitlements.answers import refuse, refuse_json, refuse_short
from billing.entitlements.decisions import (
    Decision,
    Reason,
    UnknownFeature,
    check,
    plan_names_with,
    plans_with_feature,
)
from billing.entitlements.gate import RequiresFeatureMixin, requires_feature
from billing.entitlements.jobs import FeatureDenied, ensure_feature
from billing.entitlements.offers import PlanOffer
from billing.entitlements.paying import pay_for
from billing.entitlements.queries import (
    counted_keys,
    current_subscription,
    entitlements_for,
    switches_for,
    with_entitlements,
)
from billing.entitlements.quotas import use
from billing.entitlements.snapshot import Entitlements
from billing.entitlements.stand_ins import stand_in
from billing.entitlements.tracing import answers_given
from billing.entitlements.words import Refusal, explain, renewal
from billing.gateway.errors import StripeFailure
from billing.notices.services import notify
from billing.refilling import refill
from billing.subscriptions.queries import SubscriptionSummary

__all__ = [
    "AccountFrozen",
    "AccountFull",
    "Balance",
    "CardFeature",
    "CardPrice",
    "CreditsRefused",
    "Decision",
    "Entitlements",
    "FeatureDenied",
    "FeatureMatrix",
    "Granted",
    "Held",
    "HoldEnded",
    "InsufficientCredits",
    "InvalidAmount",
    "InvalidKey",
    "InvalidPriority",
    "InvalidSource",
    "InvalidSpan",
    "InvalidTerms",
    "InvalidWords",
    "KeyReused",
    "MatrixRow",
    "MoreThanThereIs",
    "Part",
    "PlanCard",
    "PlanOffer",
    "Reason",
    "Refusal",
    "RequiresFeatureMixin",
    "Spent",
    "StripeFailure",
    "SubscriptionSummary",
    "Terms",
    "UnknownCustomer",
    "UnknownFeature",
    "UnknownRecord",
    "allow_stripes_table",
    "answers_given",
    "balance",
    "capture",
    "check",
    "close_payer",
    "cost_of",
    "counted_keys",
    "credits_in_words",
    "current_subscription",
    "end_plan",
    "ensure_feature",
    "entitlements_for",
    "explain",
    "explain_entry",
    "feature_choices",
    "feature_keys",
    "feature_kind",
    "feature_matrix",
    "forget_in_audit_log",
    "forget_told",
    "format_money",
    "grant",
    "heartbeat",
    "hold",
    "keep_plan",
    "load_demo_catalog",
    "load_demo_costs",
    "major_units",
    "note_payer",
    "notify",
    "pay_for",
    "plan_choices",
    "plan_names_with",
    "plans_with_feature",
    "pricing",
    "refill",
    "refuse",
    "refuse_json",
    "refuse_short",
    "release",
    "renewal",
    "requires_feature",
    "reverse",
    "spend",
    "stand_in",
    "switches_for",
    "take_back",
    "use",
    "with_entitlements",
]
