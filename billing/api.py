"""The only door of billing for other apps: what may somebody do, what do they have, what could they buy."""

from billing.catalog.cards import CardFeature, CardPrice, PlanCard
from billing.catalog.pricing import FeatureMatrix, MatrixRow, feature_matrix, pricing
from billing.catalog.queries import feature_choices, feature_keys

__all__ = [
    "CardFeature",
    "CardPrice",
    "FeatureMatrix",
    "MatrixRow",
    "PlanCard",
    "feature_choices",
    "feature_keys",
    "feature_matrix",
    "pricing",
]
