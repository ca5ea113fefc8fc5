"""The "Billing" menu of Wagtail's admin."""

from wagtail_modeladmin.options import ModelAdminGroup, modeladmin_register

from billing.catalog.admin.features import FeatureAdmin
from billing.catalog.admin.versions import PlanVersionAdmin, PriceAdmin
from billing.customers.admin import CustomerAdmin
from billing.publishing.admin import PublicationAdmin, PublishedPlanAdmin
from billing.subscriptions.admin import SubscriptionAdmin
from billing.webhooks.admin import InboxEventAdmin


@modeladmin_register
class BillingGroup(ModelAdminGroup):  # type: ignore[misc]
    """What is sold, who pays, and what Stripe told us."""

    menu_label = "Billing"
    menu_icon = "tag"
    menu_order = 250
    items = (
        PublishedPlanAdmin,
        FeatureAdmin,
        PlanVersionAdmin,
        PriceAdmin,
        CustomerAdmin,
        SubscriptionAdmin,
        InboxEventAdmin,
        PublicationAdmin,
    )
