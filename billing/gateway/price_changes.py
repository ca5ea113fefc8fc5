"""What we ask Stripe about the price of a subscription that goes on."""

from billing.gateway.client import ask


def change_subscription_price(*, subscription_id: str, price_id: str, idempotency_key: str) -> None:
    """Have the next payment at another price; nothing is charged or credited for the days that are left.

    Raises ``StripeRefused`` where the price is off sale, or a schedule decides over the subscription.
    """
    subscription = ask(lambda client: client.v1.subscriptions.retrieve(subscription_id))
    item = subscription["items"].data[0]
    if item.price.id == price_id:
        return
    ask(
        lambda client: client.v1.subscriptions.update(
            subscription_id,
            {"items": [{"id": item.id, "price": price_id}], "proration_behavior": "none"},
            {"idempotency_key": idempotency_key},
        )
    )
