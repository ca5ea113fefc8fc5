"""A customer in full: what they may do and why, what was granted, bought and begun, and where to look on."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from billing.customers.admin import CustomerAdmin
from billing.entitlements.origins import origins_of
from billing.screens import ReadOnlyInspectView

SHOWN = 20
DASHBOARD = "https://dashboard.stripe.com/{mode}customers/{customer}"


class CustomerInspectView(ReadOnlyInspectView):
    """Everything about one customer on one page. The queries do not grow with what they have."""

    def get_page_subtitle(self) -> str:
        """People know them by their address."""
        return self.instance.user.email  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Rights with their origins, grants, subscriptions, checkouts, links."""
        customer = self.instance
        subscriptions = customer.subscriptions.select_related("version__plan", "price")
        attempts = customer.checkout_attempts.select_related("price__version__plan")
        return super().get_context_data(  # type: ignore[no-any-return]
            origins=origins_of(customer),
            grants=customer.grants.select_related("feature", "granted_by")[:SHOWN],
            subscriptions=subscriptions[:SHOWN],
            attempts=attempts[:SHOWN],
            links=list(self._links()),
            **kwargs,
        )

    def _links(self) -> list[tuple[str, str]]:
        customer, user = self.instance, self.request.user
        email = {"q": customer.user.email}
        links = [
            ("Give them a feature", f"{reverse('billing_grants_modeladmin_create')}?{_email(customer)}"),
            (
                "Their subscriptions",
                f"{reverse('billing_subscriptions_modeladmin_index')}?{urlencode(email)}",
            ),
            ("Their events", f"{reverse('billing_events_modeladmin_index')}?{urlencode(email)}"),
            (
                "What was changed about them",
                f"{reverse('billing_audit-log_modeladmin_index')}?{urlencode(email)}",
            ),
        ]
        if customer.stripe_id and not settings.STRIPE_API_BASE:
            mode = "" if settings.STRIPE_LIVE_MODE else "test/"
            links.append(("The customer at Stripe", DASHBOARD.format(mode=mode, customer=customer.stripe_id)))
        return links if user.has_perm("billing.add_featuregrant") else links[1:]


class FullCustomerAdmin(CustomerAdmin):
    """The list of customers, each with a page of their own."""

    inspect_view_class = CustomerInspectView
    inspect_template_name = "modeladmin/billing/stripecustomer/inspect.html"
    inspect_view_fields = [*CustomerAdmin.inspect_view_fields, "last_synced_at"]


def _email(customer: Any) -> str:
    return urlencode({"email": customer.user.email})
