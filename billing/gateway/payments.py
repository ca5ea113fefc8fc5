"""What we ask Stripe about money that moved: charges, disputes, paid invoices, payments by a saved card."""

from typing import TYPE_CHECKING

import stripe

from billing.gateway.client import ask
from billing.gateway.subscriptions import LARGEST_PAGE

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams
    from stripe.params.checkout import SessionCreateParams


def latest_paid_invoices(*, customer_id: str) -> list[stripe.Invoice]:
    """The customer's hundred latest paid invoices with their lines and payments, newest first. One call."""
    return ask(
        lambda client: client.v1.invoices.list(
            {"customer": customer_id, "status": "paid", "limit": LARGEST_PAGE, "expand": ["data.payments"]}
        )
    ).data


def latest_charges(*, customer_id: str) -> list[stripe.Charge]:
    """The customer's hundred latest charges, refunded and failed ones too, newest first. One call."""
    return ask(lambda client: client.v1.charges.list({"customer": customer_id, "limit": LARGEST_PAGE})).data


def disputes_of(*, charge_id: str) -> list[stripe.Dispute]:
    """What banks say about a charge that was disputed."""
    return ask(lambda client: client.v1.disputes.list({"charge": charge_id, "limit": LARGEST_PAGE})).data


def create_payment_page(
    *, customer_id: str, price_id: str, quantity: int, reference: str, success_url: str, cancel_url: str
) -> stripe.checkout.Session:
    """Open Stripe's own page for a single payment; the same reference gives the same page.

    The card is kept for the customer, so that the next purchase takes one click.
    """
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "customer": customer_id,
        "client_reference_id": reference,
        "line_items": [{"price": price_id, "quantity": quantity}],
        "payment_intent_data": {
            "metadata": {"credit_purchase": reference},
            "setup_future_usage": "off_session",
        },
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    key = f"credits-page-{reference}"
    return ask(lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": key}))


def saved_card(*, customer_id: str) -> stripe.PaymentMethod | None:
    """The card that is charged when nobody is asked: the default one, else the one saved last."""
    customer = ask(lambda client: client.v1.customers.retrieve(customer_id))
    cards = ask(lambda client: client.v1.payment_methods.list({"customer": customer_id, "type": "card"})).data
    if getattr(customer, "deleted", False) or not cards:
        return None
    default = customer.invoice_settings.default_payment_method if customer.invoice_settings else None
    return next((card for card in cards if card.id == default), cards[0])


def charge_saved_card(
    *, customer_id: str, card_id: str, amount: int, currency: str, reference: str, description: str
) -> stripe.PaymentIntent:
    """Take ``amount`` minor units from a saved card without asking anybody; the same reference takes it once.

    Raises ``CardRefused`` where the bank says no or wants to see the customer.
    """
    params: PaymentIntentCreateParams = {
        "amount": amount,
        "currency": currency.lower(),
        "customer": customer_id,
        "payment_method": card_id,
        "off_session": True,
        "confirm": True,
        "description": description,
        "metadata": {"credit_purchase": reference},
    }
    key = f"credits-card-{reference}"
    return ask(lambda client: client.v1.payment_intents.create(params, {"idempotency_key": key}))
