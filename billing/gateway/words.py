"""The one table of what went wrong at Stripe in words: families of codes, what happened, what to do next.

Stripe's own messages are not shown: they speak to developers, and some of them hold data. What a bank says
about a stolen or suspicious card is told as any other refusal, as Stripe asks for: a thief could learn.
Codes: https://docs.stripe.com/error-codes and https://docs.stripe.com/declines/codes.
"""

from dataclasses import dataclass

NOTHING_CHARGED = "Nothing was charged."


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, and what to do next: two sentences for a page."""

    happened: str
    next_step: str


FAMILIES: dict[tuple[str, ...], Words] = {
    ("expired_card", "invalid_expiry_month", "invalid_expiry_year", "invalid_expiry_year_past"): Words(
        "The card has expired, or its expiry date is not right.",
        f"{NOTHING_CHARGED} Please check the date, or use another card.",
    ),
    (
        "insufficient_funds",
        "card_velocity_exceeded",
        "withdrawal_count_limit_exceeded",
        "amount_too_large",
        "charge_exceeds_source_limit",
        "charge_exceeds_transaction_limit",
        "charge_exceeds_weekly_limit",
    ): Words(
        "There is not enough money on this payment method, or its limit is reached.",
        f"{NOTHING_CHARGED} Please use another one, or try again later.",
    ),
    (
        "incorrect_number",
        "invalid_number",
        "invalid_account",
        "new_account_information_available",
        "incorrect_cvc",
        "invalid_cvc",
        "incorrect_pin",
        "invalid_pin",
        "incorrect_zip",
        "incorrect_address",
        "postal_code_invalid",
    ): Words(
        "Something about the card is not right: its number, its security code or the address.",
        f"{NOTHING_CHARGED} Please check what you typed, or use another card.",
    ),
    (
        "authentication_required",
        "authentication_not_handled",
        "payment_intent_authentication_failure",
        "setup_intent_authentication_failure",
        "invoice_payment_intent_requires_action",
        "payment_intent_action_required",
        "subscription_payment_intent_requires_action",
        "mobile_device_authentication_required",
        "offline_pin_required",
        "online_or_offline_pin_required",
    ): Words(
        "Your bank wants you to confirm this payment.",
        "Nothing was charged so far. Please try again and follow your bank's question, or use another card.",
    ),
    (
        "card_not_supported",
        "currency_not_supported",
        "invalid_amount",
        "not_permitted",
        "service_not_allowed",
        "transaction_not_allowed",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stop_payment_order",
        "payment_method_currency_mismatch",
        "payment_method_not_available",
        "payment_method_unactivated",
        "payment_method_unexpected_state",
        "payment_method_unsupported_type",
    ): Words(
        "This payment method cannot be used for this purchase.",
        f"{NOTHING_CHARGED} Please use another one, or ask your bank.",
    ),
    (
        "processing_error",
        "issuer_not_available",
        "try_again_later",
        "reenter_transaction",
        "approve_with_id",
        "payment_intent_unexpected_state",
        "payment_intent_payment_attempt_expired",
        "payment_method_provider_timeout",
    ): Words(
        "The bank could not be asked just now.",
        f"{NOTHING_CHARGED} Please try again in a few minutes, or use another card.",
    ),
    ("payment_method_customer_decline", "payment_intent_payment_attempt_failed"): Words(
        "The payment was not completed.",
        f"{NOTHING_CHARGED} Please try again, or use another payment method.",
    ),
    ("missing", "customer_missing_payment_method", "resource_missing_default_payment_method"): Words(
        "There is no payment method to collect with.", f"{NOTHING_CHARGED} Please add one, then try again."
    ),
    ("coupon_expired", "promotion_code_invalid", "customer_max_coupons", "discount_not_found"): Words(
        "This promotion code cannot be used, or not any more.", "Please try again without it."
    ),
    (
        "customer_tax_location_invalid",
        "tax_id_invalid",
        "taxes_calculation_failed",
        "tax_id_prohibited",
    ): Words(
        "We could not work out the tax, because your address or tax number is not complete.",
        f"{NOTHING_CHARGED} Please check both in your billing settings, then try again.",
    ),
    ("idempotency_key_in_use", "lock_timeout", "idempotency_error"): Words(
        "An earlier click of yours is still being worked on.",
        "Nothing is done twice. Please wait a moment, then look again.",
    ),
    ("rate_limit", "api_connection_error", "circuit_open"): Words(
        "Our payment partner is not answering at the moment.",
        f"{NOTHING_CHARGED} Nothing is lost either. Please try again in a minute.",
    ),
    ("invoice_not_editable", "invoice_no_payment_method_types", "invoice_payment_intent_not_found"): Words(
        "This invoice has changed meanwhile.", "Please look at it again before you pay."
    ),
    ("amount_too_small", "minimum_amount"): Words(
        "The amount is too small to be collected.", "It is added to your next invoice."
    ),
}

BY_CODE: dict[str, Words] = {code: words for codes, words in FAMILIES.items() for code in codes}


def words_for(*codes: str) -> Words | None:
    """The words of the first code that has some; a bank's reason stands before Stripe's."""
    return next((BY_CODE[code] for code in codes if code in BY_CODE), None)
