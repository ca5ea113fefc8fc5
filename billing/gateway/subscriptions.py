"""What we ask Stripe about subscriptions."""

from typing import TYPE_CHECKING, Literal

import stripe

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params import SubscriptionUpdateParams

# Whether a change stands although its payment waits, or falls with it.
UnpaidChange = Literal["allow_incomplete", "error_if_incomplete"]

LARGEST_PAGE = 100


def list_subscriptions(*, customer_id: str) -> list[stripe.Subscription]:
    """Every subscription the customer ever had, ended ones too, whatever the number of pages."""
    return ask(
        lambda client: list(
            client.v1.subscriptions.list(
                {
                    "customer": customer_id,
                    "status": "all",
                    "limit": LARGEST_PAGE,
                    "expand": ["data.schedule"],
                }
            ).auto_paging_iter()
        )
    )


def preview_change(*, customer_id: str, subscription_id: str, item_id: str, price_id: str) -> stripe.Invoice:
    """The invoice that changing the price now would bring; nothing is stored at Stripe."""
    return ask(
        lambda client: client.v1.invoices.create_preview(
            {
                "customer": customer_id,
                "subscription": subscription_id,
                "subscription_details": {
                    "items": [{"id": item_id, "price": price_id}],
                    "proration_behavior": "always_invoice",
                },
            }
        )
    )


def change_price(
    *,
    subscription_id: str,
    item_id: str,
    price_id: str,
    proration_date: int | None,
    unpaid: UnpaidChange,
    idempotency_key: str,
) -> stripe.Subscription:
    """Change what is subscribed to, now, and collect the difference; ``unpaid``: what a refusal means.

    Raises ``CardRefused`` where the payment fails and the change with it.
    """
    params: SubscriptionUpdateParams = {
        "items": [{"id": item_id, "price": price_id}],
        "proration_behavior": "always_invoice",
        "payment_behavior": unpaid,
    }
    if proration_date:
        params["proration_date"] = proration_date
    return ask(
        lambda client: client.v1.subscriptions.update(
            subscription_id, params, {"idempotency_key": idempotency_key}
        )
    )


def set_cancellation(
    *, subscription_id: str, at_period_end: bool, idempotency_key: str
) -> stripe.Subscription:
    """Let the subscription end with its period, or go on after all."""
    return ask(
        lambda client: client.v1.subscriptions.update(
            subscription_id, {"cancel_at_period_end": at_period_end}, {"idempotency_key": idempotency_key}
        )
    )


def cancel_now(*, subscription_id: str, idempotency_key: str) -> stripe.Subscription:
    """End the subscription at once; nothing is given back."""
    return ask(
        lambda client: client.v1.subscriptions.cancel(
            subscription_id, {"prorate": False}, {"idempotency_key": idempotency_key}
        )
    )
