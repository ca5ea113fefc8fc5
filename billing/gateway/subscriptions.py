"""What we ask Stripe about subscriptions."""

import stripe

from billing.gateway.client import ask

LARGEST_PAGE = 100


def list_subscriptions(*, customer_id: str) -> list[stripe.Subscription]:
    """Every subscription the customer ever had, ended ones too, whatever the number of pages."""
    return ask(
        lambda client: list(
            client.v1.subscriptions.list(
                {"customer": customer_id, "status": "all", "limit": LARGEST_PAGE}
            ).auto_paging_iter()
        )
    )
