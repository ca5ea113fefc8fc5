"""The "Billing" menu of Wagtail's admin, and the words of its history."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail_modeladmin.options import ModelAdminGroup, modeladmin_register

from billing.audits.admin import AuditEntryAdmin
from billing.audits.home_panel import show_billing_health
from billing.audits.reconciliation.admin import DiscrepancyAdmin
from billing.catalog.admin.packs import CreditPackAdmin
from billing.catalog.admin.versions import PriceAdmin
from billing.checkout.admin import DepartureAdmin
from billing.credits.admin.costs import CreditCostAdmin
from billing.credits.admin.lists import (
    CreditAccountAdmin,
    CreditEntryAdmin,
    CreditLotAdmin,
    CreditPurchaseAdmin,
)
from billing.credits.admin.urls import credit_urls, credits_menu_item
from billing.entitlements.admin.customers import FullCustomerAdmin
from billing.entitlements.admin.features import SwitchableFeatureAdmin
from billing.entitlements.admin.grants import GrantAdmin
from billing.invoices.admin import InvoiceAdmin
from billing.notices.admin import AlertAdmin
from billing.notices.wording_admin import WordingAdmin
from billing.publishing.admin import PublicationAdmin, PublishedPlanAdmin
from billing.subscriptions.admin import SubscriptionAdmin
from billing.subscriptions.moving.admin import MovablePlanVersionAdmin, MoveAdmin
from billing.webhooks.admin import InboxEventAdmin


@hooks.register("register_log_actions")
def register_history(actions: LogActionRegistry) -> None:
    """What a plan's history says beside Wagtail's own "Created" and "Edited"."""
    actions.register_action("billing.archive", "Archive", "Archived")
    actions.register_action("billing.restore", "Restore", "Restored")


hooks.register("construct_homepage_panels", show_billing_health)
hooks.register("register_admin_urls", credit_urls)
hooks.register("register_reports_menu_item", credits_menu_item)


@modeladmin_register
class BillingGroup(ModelAdminGroup):  # type: ignore[misc]
    """What is sold, who pays, and what Stripe told us."""

    menu_label = "Billing"
    menu_icon = "tag"
    menu_order = 250
    items = (
        PublishedPlanAdmin,
        SwitchableFeatureAdmin,
        MovablePlanVersionAdmin,
        PriceAdmin,
        CreditPackAdmin,
        MoveAdmin,
        FullCustomerAdmin,
        GrantAdmin,
        SubscriptionAdmin,
        InvoiceAdmin,
        CreditAccountAdmin,
        CreditLotAdmin,
        CreditEntryAdmin,
        CreditPurchaseAdmin,
        CreditCostAdmin,
        DepartureAdmin,
        InboxEventAdmin,
        DiscrepancyAdmin,
        PublicationAdmin,
        AlertAdmin,
        WordingAdmin,
        AuditEntryAdmin,
    )
