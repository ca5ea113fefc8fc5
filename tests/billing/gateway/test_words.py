"""Whatever goes wrong at Stripe is said in sentences that help, and in a log line that names nobody."""

import logging
from typing import get_args

import pytest
import stripe as library

from billing.gateway.client import ask
from billing.gateway.errors import CardRefused, StripeFailure, failure_from
from billing.gateway.words import BY_CODE, FAMILIES, words_for
from sandbox.stripe import Sandbox

KNOWN = get_args(get_args(library.PaymentIntent.LastPaymentError.__annotations__["code"])[0])
SILENT = ("lost_card", "stolen_card", "fraudulent", "pickup_card", "merchant_blacklist", "restricted_card")


# Parts of Stripe that this site never asks: other people's accounts, payouts, card readers, older products.
NOT_ASKED = (
    *("account_token_", "alipay_", "application_fees_", "balance_", "bitcoin_", "financial_", "forwarding_"),
    *("instant_payouts_", "invoice_on_behalf_of_", "not_allowed_on_standard_", "ownership_", "payout"),
    *("platform_account_", "progressive_onboarding_", "storer_", "terminal_", "transfer"),
)
OF_ITS_KIND = {"card_declined", "resource_missing"}  # the bank's reason, or what is missing, says more


def refusal(code: str = "card_declined", decline_code: str = "") -> StripeFailure:
    body = {"error": {"code": code, "decline_code": decline_code, "type": "card_error", "message": "secret"}}
    return failure_from(library.CardError("secret", None, code, json_body=body, http_status=402))


@pytest.mark.parametrize("words", FAMILIES.values(), ids=lambda words: words.happened)
def test_every_family_says_what_happened_and_what_to_do(words):
    assert words.happened.endswith(".")
    assert words.next_step.endswith(".")


def test_no_code_stands_in_two_families():
    assert len(BY_CODE) == sum(len(codes) for codes in FAMILIES)


@pytest.mark.parametrize("code", KNOWN)
def test_every_code_that_stripe_names_has_a_sentence_without_stripes_words(code):
    sentence = refusal(code).sentence

    assert sentence.count(".") >= 2
    assert "secret" not in sentence
    assert code not in sentence


@pytest.mark.parametrize("code", KNOWN)
def test_every_code_we_may_meet_stands_in_the_table(code):
    assert code in BY_CODE or code in OF_ITS_KIND or code.startswith(NOT_ASKED)


def test_the_banks_reason_stands_before_stripes():
    assert "not enough money" in refusal("card_declined", "insufficient_funds").sentence
    assert "has expired" in refusal("expired_card").sentence


@pytest.mark.parametrize("decline_code", SILENT)
def test_a_thief_learns_nothing(decline_code):
    assert words_for(decline_code) is None
    assert refusal("card_declined", decline_code).sentence == CardRefused().sentence


def test_the_log_has_stripes_request_id_and_nobodys_data(stripe: Sandbox, db: None, caplog):
    client = stripe.client().v1
    customer = client.customers.create({"email": "ada@example.com"})
    with caplog.at_level(logging.WARNING), pytest.raises(CardRefused):
        ask(
            lambda client: client.v1.payment_intents.create(
                {
                    "amount": 500,
                    "currency": "eur",
                    "customer": customer.id,
                    "payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds",
                    "confirm": True,
                }
            )
        )

    assert "request=req_" in caplog.text
    assert "insufficient_funds" in caplog.text
    assert "ada@example.com" not in caplog.text
    assert "9995" not in caplog.text
