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
    (
        "expired_card",
        "expired_payment_method",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_expiry_year_past",
    ): Words(
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
        "incorrect_postal_code",
        "postal_code_invalid",
        "payment_method_billing_details_address_missing",
        "cardholder_phone_number_required",
    ): Words(
        "Something about the card is not right: its number, its security code or the address.",
        f"{NOTHING_CHARGED} Please check what you typed, or use another card.",
    ),
    (
        "authentication_required",
        "authentication_failure",
        "authentication_not_handled",
        "approval_required",
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
        "invalid_card_type",
        "invalid_source_usage",
        "token_card_network_invalid",
        "payment_intent_incompatible_payment_method",
        "setup_intent_mobile_wallet_unsupported",
        "payment_method_restricted",
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
        "setup_intent_unexpected_state",
        "setup_intent_setup_attempt_expired",
    ): Words(
        "The bank could not be asked just now.",
        f"{NOTHING_CHARGED} Please try again in a few minutes, or use another card.",
    ),
    (
        "payment_method_customer_decline",
        "payment_method_provider_decline",
        "payment_intent_payment_attempt_failed",
        "setup_attempt_failed",
    ): Words(
        "The payment was not completed.",
        f"{NOTHING_CHARGED} Please try again, or use another payment method.",
    ),
    ("missing", "customer_missing_payment_method", "resource_missing_default_payment_method"): Words(
        "There is no payment method to collect with.", f"{NOTHING_CHARGED} Please add one, then try again."
    ),
    ("coupon_expired", "promotion_code_invalid", "customer_max_coupons", "discount_not_found"): Words(
        "This promotion code cannot be used, or not any more.", "Please try again without it."
    ),
    ("card_decline_rate_limit_exceeded", "payment_intent_rate_limit_exceeded"): Words(
        "There were too many tries with this payment method.",
        f"{NOTHING_CHARGED} Please use another one, or try again tomorrow.",
    ),
    (
        "account_closed",
        "account_invalid",
        "account_information_mismatch",
        "account_number_invalid",
        "acss_debit_session_incomplete",
        "bank_account_bad_routing_numbers",
        "bank_account_declined",
        "bank_account_exists",
        "bank_account_restricted",
        "bank_account_unusable",
        "bank_account_unverified",
        "bank_account_verification_failed",
        "billing_invalid_mandate",
        "clearing_code_unsupported",
        "debit_not_authorized",
        "india_recurring_payment_mandate_canceled",
        "intent_verification_method_missing",
        "no_account",
        "payment_intent_konbini_rejected_confirmation_number",
        "payment_intent_mandate_invalid",
        "payment_method_bank_account_already_verified",
        "payment_method_bank_account_blocked",
        "payment_method_microdeposit_failed",
        "payment_method_microdeposit_processing_error",
        "payment_method_microdeposit_verification_amounts_invalid",
        "payment_method_microdeposit_verification_amounts_mismatch",
        "payment_method_microdeposit_verification_attempts_exceeded",
        "payment_method_microdeposit_verification_descriptor_code_mismatch",
        "payment_method_microdeposit_verification_timeout",
        "refer_to_customer",
        "routing_number_invalid",
        "sepa_unsupported_account",
        "setup_intent_mandate_invalid",
    ): Words(
        "This bank account cannot be used: its number or your consent is missing or not right.",
        f"{NOTHING_CHARGED} Please check the account with your bank, or pay with a card.",
    ),
    ("product_inactive", "sku_inactive", "out_of_inventory"): Words(
        "This is not on sale any more.", f"{NOTHING_CHARGED} Please choose again from what there is now."
    ),
    (
        "capture_charge_authorization_expired",
        "capture_unauthorized_payment",
        "charge_already_captured",
        "charge_already_refunded",
        "charge_disputed",
        "charge_expired_for_capture",
        "charge_not_refundable",
        "customer_session_expired",
        "intent_invalid_state",
        "invalid_canceled_subscription_fields",
        "refund_disputed_payment",
        "resource_already_exists",
        "return_intent_already_processed",
        "status_transition_invalid",
        "token_already_used",
        "token_in_use",
    ): Words("This was done already, or has changed meanwhile.", "Please look again at how it stands now."),
    ("customer_max_payment_methods", "customer_max_subscriptions"): Words(
        "Our payment partner keeps no more of these for one customer.", "Please remove one, then try again."
    ),
    (
        "account_country_invalid_address",
        "country_code_invalid",
        "country_unsupported",
        "shipping_address_invalid",
        "state_unsupported",
    ): Words(
        "Our payment partner does not take this country or region.",
        "Nothing has changed. Please choose another one, or write to us.",
    ),
    ("email_invalid",): Words(
        "No mail can be sent to this address.", "Nothing has changed. Please check every letter of it."
    ),
    ("tax_id_invalid", "tax_id_prohibited", "siret_invalid"): Words(
        "This tax number cannot be right.",
        "Nothing has changed. Please check its kind and every letter of it.",
    ),
    (
        "invalid_characters",
        "parameter_invalid_empty",
        "parameter_invalid_string_blank",
        "parameter_invalid_string_empty",
    ): Words(
        "Our payment partner could not read something in this form.",
        "Nothing has changed. Please look for unusual signs in it, then try again.",
    ),
    (
        "customer_tax_location_invalid",
        "failed_tax_calculation",
        "invalid_tax_location",
        "shipping_calculation_failed",
        "taxes_calculation_failed",
    ): Words(
        "We could not work out the tax, because your address is not complete.",
        f"{NOTHING_CHARGED} Please check it in your billing settings, then try again.",
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
    (
        "account_error_country_change_requires_additional_steps",
        "action_blocked",
        "anomalous_money_movement_request",
        "api_key_expired",
        "capability_not_active",
        "charge_invalid_parameter",
        "invalid_charge_amount",
        "invalid_mandate_reference_prefix_format",
        "livemode_mismatch",
        "parameter_invalid_integer",
        "parameter_missing",
        "parameter_unknown",
        "parameters_exclusive",
        "payment_intent_invalid_parameter",
        "payment_method_configuration_failures",
        "payment_method_invalid_parameter",
        "payment_method_invalid_parameter_testmode",
        "platform_api_key_expired",
        "request_blocked",
        "secret_key_required",
        "service_period_coupon_with_metered_tiered_item_unsupported",
        "setup_intent_invalid_parameter",
        "stripe_tax_inactive",
        "testmode_charges_only",
        "tls_version_unsupported",
        "url_invalid",
    ): Words(
        "Payments are not set up correctly on our side.",
        f"{NOTHING_CHARGED} We have been told; please try again later, or write to us.",
    ),
    (
        "invoice_no_customer_line_items",
        "invoice_no_subscription_line_items",
        "invoice_upcoming_none",
    ): Words("There is nothing to bill.", f"{NOTHING_CHARGED} Please look at your plan again."),
    ("amount_too_small", "minimum_amount"): Words(
        "The amount is too small to be collected.", "It is added to your next invoice."
    ),
}

BY_CODE: dict[str, Words] = {code: words for codes, words in FAMILIES.items() for code in codes}


def words_for(*codes: str) -> Words | None:
    """The words of the first code that has some; a bank's reason stands before Stripe's."""
    return next((BY_CODE[code] for code in codes if code in BY_CODE), None)
