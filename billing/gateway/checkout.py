"""What we ask Stripe about hosted checkouts."""

from typing import TYPE_CHECKING

import stripe
from django.conf import settings

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsSubscriptionData


def create_checkout_session(
    *,
    customer_id: str,
    price_id: str,
    reference: str,
    trial_days: int,
    success_url: str,
    cancel_url: str,
    idempotency_key: str,
) -> stripe.checkout.Session:
    """Open Stripe's own page for a new subscription; the same key gives the same session.

    Promotion codes are typed in there. Tax, and a trial without a card, are switched on in the settings.
    """
    subscription_data: SessionCreateParamsSubscriptionData = {"metadata": {"checkout": reference}}
    if trial_days:
        subscription_data["trial_period_days"] = trial_days
    params: SessionCreateParams = {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "customer": customer_id,
        "client_reference_id": reference,
        "line_items": [{"price": price_id, "quantity": 1}],
        "subscription_data": subscription_data,
        "allow_promotion_codes": True,
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    if settings.STRIPE_AUTOMATIC_TAX:
        params["automatic_tax"] = {"enabled": True}
        params["tax_id_collection"] = {"enabled": True}
        params["customer_update"] = {"address": "auto", "name": "auto"}
    if trial_days and settings.TRIAL_WITHOUT_CARD:
        params["payment_method_collection"] = "if_required"
        subscription_data["trial_settings"] = {"end_behavior": {"missing_payment_method": "cancel"}}
    return ask(
        lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
    )


def retrieve_checkout_session(*, session_id: str) -> stripe.checkout.Session:
    """The session as Stripe has it: ``open``, ``complete`` or ``expired``."""
    return ask(lambda client: client.v1.checkout.sessions.retrieve(session_id))


def expire_checkout_session(*, session_id: str) -> stripe.checkout.Session:
    """Close a session that nobody should pay any more. Raises ``StripeRefused`` unless it is open."""
    return ask(lambda client: client.v1.checkout.sessions.expire(session_id))
