"""Which events of Stripe we read, and whom they are about."""

from collections.abc import Mapping
from typing import Any

# About what is sold: answered by a comparison of the catalog with Stripe.
CATALOG_EVENTS = (
    "price.created",
    "price.deleted",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
)

# These name a payment and not its payer: Stripe is asked whose it is.
PAYMENT_EVENTS = (
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
)

# Each of these says only "look at this customer again".
CUSTOMER_EVENTS = (
    "charge.refunded",
    "charge.succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "credit_note.created",
    "credit_note.updated",
    "credit_note.voided",
    "customer.deleted",
    "customer.source.expiring",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.tax_id.created",
    "customer.tax_id.deleted",
    "customer.tax_id.updated",
    "customer.updated",
    "entitlements.active_entitlement_summary.updated",
    "invoice.created",
    "invoice.finalization_failed",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.voided",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
)

# The endpoint at Stripe is subscribed to these alone.
EVENTS = tuple(sorted((*CATALOG_EVENTS, *CUSTOMER_EVENTS, *PAYMENT_EVENTS)))

# Stripe's newer kind, which says what happened and nothing else, has an endpoint of its own.
THIN_EVENTS = (
    "v1.billing.meter.error_report_triggered",
    "v1.billing.meter.no_meter_found",
)


def customer_named_in(event: Mapping[str, Any]) -> str:
    """The Stripe id of the customer an event is about; empty where it names none.

    A payment method that was taken away names its customer only among what was there before.
    """
    data: Mapping[str, Any] = event.get("data", {})
    about: Mapping[str, Any] = data.get("object", {})
    if about.get("object") == "customer":
        return id_in(about.get("id"))
    before: Mapping[str, Any] = data.get("previous_attributes") or {}
    return id_in(about.get("customer")) or id_in(before.get("customer"))


def payment_named_in(event: Mapping[str, Any]) -> str:
    """The Stripe id of the payment that a refund or a dispute is about; empty where it names none."""
    about: Mapping[str, Any] = event.get("data", {}).get("object", {})
    return id_in(about.get("payment_intent"))


def id_in(value: object) -> str:
    """The id that stands in a field, whether Stripe expanded it or not."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) else ""
