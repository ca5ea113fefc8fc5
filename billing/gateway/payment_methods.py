"""What we ask Stripe about the ways a customer pays; the details themselves stay with Stripe."""

from typing import TYPE_CHECKING

import stripe

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

LARGEST_PAGE = 100


def list_payment_methods(*, customer_id: str) -> list[stripe.PaymentMethod]:
    """Every method the customer has attached, newest first."""
    return ask(
        lambda client: client.v1.payment_methods.list({"customer": customer_id, "limit": LARGEST_PAGE})
    ).data


def set_default_method(*, customer_id: str, method_id: str, subscription_id: str) -> None:
    """Pay invoices with this method from now on, those of a running subscription too.

    Both are put, not added: repeating them changes nothing, so they need no idempotency key.
    """
    ask(
        lambda client: client.v1.customers.update(
            customer_id, {"invoice_settings": {"default_payment_method": method_id}}
        )
    )
    if subscription_id:
        ask(
            lambda client: client.v1.subscriptions.update(
                subscription_id, {"default_payment_method": method_id}
            )
        )


def detach_payment_method(*, method_id: str) -> None:
    """Forget a method; Stripe refuses to do it twice."""
    ask(lambda client: client.v1.payment_methods.detach(method_id))


def create_setup_session(
    *, customer_id: str, currency: str, success_url: str, cancel_url: str
) -> stripe.checkout.Session:
    """Open Stripe's own page for another payment method. Nothing is charged: an unused one is harmless."""
    params: SessionCreateParams = {
        "mode": "setup",
        "ui_mode": "hosted_page",
        "customer": customer_id,
        "currency": currency.lower(),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    return ask(lambda client: client.v1.checkout.sessions.create(params))


def method_of_setup(*, session_id: str) -> tuple[str, str]:
    """The customer of a finished setup session, and the method it brought; empty while it is not finished."""
    session = ask(
        lambda client: client.v1.checkout.sessions.retrieve(session_id, {"expand": ["setup_intent"]})
    )
    told = session.to_dict()
    intent = told.get("setup_intent") or {}
    method = intent.get("payment_method") if isinstance(intent, dict) else None
    return told.get("customer") or "", method or ""
