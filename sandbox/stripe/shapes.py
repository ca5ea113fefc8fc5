"""Builds objects with every field stripe-python's resource classes declare, so none is ever missing."""

from __future__ import annotations

import copy
import importlib
import types
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import StripeObject, UntypedStripeObject

# Declared by the classes, yet sent by Stripe only when expanded, when deleted, or for one kind of object.
_LEFT_OUT = {
    "account": {"company", "groups", "individual", "controller", "future_requirements", "requirements"},
    "price": {"currency_options", "tiers"},
    "customer": {
        "business_name", "cash_balance", "customer_account", "individual_name", "invoice_credit_balance",
        "sources", "subscriptions", "tax", "tax_ids",
    },
    "setup_intent": {
        "allowed_payment_method_types", "attach_to_self", "customer_account", "managed_payments",
    },
    "payment_intent": {
        "allowed_payment_method_types", "hooks", "payment_details", "presentment_details", "amount_details",
    },
    "checkout.session": {
        "branding_settings", "excluded_payment_method_types", "line_items", "name_collection",
        "optional_items", "presentment_details", "redirect_on_completion", "return_url", "tax_id_collection",
        "permissions", "managed_payments",
    },
    "subscription": {"presentment_details", "managed_payments"},
    "subscription_item": {"billed_until"},
    "invoice": {"amount_paid_off_stripe", "confirmation_secret", "payments", "threshold_reason"},
    "item": {"discounts", "taxes"},
    "event": {"account", "context"},
    "webhook_endpoint": {"secret"},
    "charge": {"authorization_code", "level3", "presentment_details", "radar_options", "refunds", "transfer"},
    "refund": {
        "failure_balance_transaction", "failure_reason", "instructions_email", "next_action",
        "pending_reason", "presentment_details",
    },
    "coupon": {"applies_to", "currency_options"},
    "dispute": {"network_reason_code"},
    "invoiceitem": {"frozen_fields"},
}  # fmt: skip


@cache
def resource_class(kind: str) -> type[StripeObject]:
    """stripe-python's class for the `object` field's value."""
    module, name = OBJECT_CLASSES[kind]
    found: type[StripeObject] = getattr(importlib.import_module(module), name)
    return found


def blank(kind: str, **fields: Any) -> dict[str, Any]:
    """A new object of the kind: nullable fields are null, lists empty, `fields` on top."""
    return {**copy.deepcopy(_template(kind)), "object": kind, **fields}


@cache
def _template(kind: str) -> dict[str, Any]:
    left_out = _LEFT_OUT.get(kind, set()) | {"OBJECT_NAME", "object", "deleted"}
    if kind == "payment_method":
        left_out |= _payment_method_kinds()
    return _fill(resource_class(kind), left_out)


def _payment_method_kinds() -> set[str]:
    kept = {"allow_redisplay", "billing_details", "card", "created", "customer", "customer_account", "id"}
    kept |= {"livemode", "metadata", "type"}
    return set(resource_class("payment_method").__annotations__) - kept


def _fill(cls: type, left_out: set[str]) -> dict[str, Any]:
    result = {}
    for name, hint in cls.__annotations__.items():
        if name in left_out:
            continue
        known, value = _default(hint)
        if known:
            result[name] = value
    return result


def _default(hint: Any) -> tuple[bool, Any]:  # noqa: PLR0911
    """(is there an obvious empty value, that value)."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return type(None) in get_args(hint), None
    if origin is Literal and len(get_args(hint)) == 1:
        return True, get_args(hint)[0]
    if origin is list:
        return True, []
    if hint is bool:
        return True, False
    if origin is UntypedStripeObject or hint is UntypedStripeObject:
        return True, {}
    if origin is ListObject:
        return True, {"object": "list", "data": [], "has_more": False, "url": ""}
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        return True, _fill(hint, set())
    return False, None
