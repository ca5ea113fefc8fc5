"""What we ask Stripe about its customer portal."""

from typing import TYPE_CHECKING, cast

import stripe

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params.billing_portal import SessionCreateParams

# The pages of the portal that can be opened directly; those in the second set are about one subscription.
FLOWS = frozenset({"customer_update", "payment_method_update", "subscription_cancel", "subscription_update"})
ABOUT_SUBSCRIPTION = frozenset({"subscription_cancel", "subscription_update"})


def create_portal_session(
    *, customer_id: str, return_url: str, flow: str = "", subscription_id: str = ""
) -> stripe.billing_portal.Session:
    """A short-lived address where the customer looks after cards, invoices and the plan.

    ``flow`` leads straight to one of its pages; those about a subscription need one.
    """
    params: dict[str, object] = {"customer": customer_id, "return_url": return_url}
    if flow in ABOUT_SUBSCRIPTION and subscription_id:
        params["flow_data"] = {"type": flow, flow: {"subscription": subscription_id}}
    elif flow in FLOWS - ABOUT_SUBSCRIPTION:
        params["flow_data"] = {"type": flow}
    asked = cast("SessionCreateParams", params)
    return ask(lambda client: client.v1.billing_portal.sessions.create(asked))
