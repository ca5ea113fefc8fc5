"""Gathers the models of the subpackages for Django; import them from where they live."""

from billing.audits.models import AuditEntry
from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun, Sighting
from billing.catalog.models import Feature, Plan, PlanFeature, PlanVersion, Price
from billing.catalog.packs import CreditPack
from billing.checkout.leaving_settings import LeavingSettings
from billing.checkout.models import CheckoutAttempt, Departure, PlanChange
from billing.checkout.pricing_table_settings import PricingTableSettings
from billing.credits.audit_model import CreditAudit
from billing.credits.costs import CreditCost
from billing.credits.models import (
    CreditAccount,
    CreditAllocation,
    CreditEntry,
    CreditHold,
    CreditHoldLot,
    CreditLot,
)
from billing.credits.purchase_models import CreditPurchase, CreditSettings, ReloadMonth
from billing.customers.models import StripeCustomer
from billing.details.models import DetailsChange
from billing.entitlements.models import CatalogEpoch, FeatureGrant, FeatureTester
from billing.invoices.models import Invoice, InvoiceArchive
from billing.notices.models import Alert, Notice, NoticeChoice, NoticeWording
from billing.publishing.models import Publication
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving.models import MovedSubscription, VersionMove
from billing.usage.models import UsageEvent, UsageTotal
from billing.webhooks.models import EventAttempt, InboxEvent
from billing.webhooks.secret_models import SigningSecret

__all__ = [
    "Alert",
    "AuditEntry",
    "CatalogEpoch",
    "CheckoutAttempt",
    "CreditAccount",
    "CreditAllocation",
    "CreditAudit",
    "CreditCost",
    "CreditEntry",
    "CreditHold",
    "CreditHoldLot",
    "CreditLot",
    "CreditPack",
    "CreditPurchase",
    "CreditSettings",
    "Departure",
    "DetailsChange",
    "Discrepancy",
    "EventAttempt",
    "Feature",
    "FeatureGrant",
    "FeatureTester",
    "InboxEvent",
    "Invoice",
    "InvoiceArchive",
    "LeavingSettings",
    "MovedSubscription",
    "Notice",
    "NoticeChoice",
    "NoticeWording",
    "Plan",
    "PlanChange",
    "PlanFeature",
    "PlanVersion",
    "Price",
    "PricingTableSettings",
    "Publication",
    "ReconciliationRun",
    "ReloadMonth",
    "Sighting",
    "SigningSecret",
    "StripeCustomer",
    "Subscription",
    "UsageEvent",
    "UsageTotal",
    "VersionMove",
]
