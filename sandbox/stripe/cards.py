"""Stripe's documented test cards: what each number is, and how it behaves when charged."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.stripe.errors import ApiError, declined


@dataclass(frozen=True)
class TestCard:
    """One test number. `decline` applies where `declines_on` says: at once, or only once it is attached."""

    number: str
    token: str
    brand: str
    title: str
    decline: str | None = None
    declines_on: str = "attach"  # or "charge": it can be saved, but never charged
    disputes: bool = False
    three_d_secure: str | None = None  # "setup": asks once, then off-session works; "always": every time

    __test__ = False

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


CARDS = (
    TestCard("4242424242424242", "pm_card_visa", "visa", "Succeeds"),
    TestCard("5555555555554444", "pm_card_mastercard", "mastercard", "Succeeds (Mastercard)"),
    TestCard("378282246310005", "pm_card_amex", "amex", "Succeeds (American Express)"),
    TestCard("4000000000000002", "pm_card_visa_chargeDeclined", "visa", "Is declined", "generic_decline"),
    TestCard(
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "visa",
        "Has insufficient funds",
        "insufficient_funds",
    ),
    TestCard("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "visa", "Has expired", "expired_card"),
    TestCard(
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        "visa",
        "Wrong security code",
        "incorrect_cvc",
    ),
    TestCard(
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        "visa",
        "Processing error",
        "processing_error",
    ),
    TestCard(
        "4000000000000341",
        "pm_card_chargeCustomerFail",
        "visa",
        "Can be saved, fails when charged later",
        "generic_decline",
        declines_on="charge",
    ),
    TestCard(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        "visa",
        "Asks for 3-D Secure once",
        three_d_secure="setup",
    ),
    TestCard(
        "4000002760003184",
        "pm_card_authenticationRequired",
        "visa",
        "Asks for 3-D Secure every time",
        three_d_secure="always",
    ),
    TestCard(
        "4000000000003220",
        "pm_card_threeDSecure2Required",
        "visa",
        "Asks for 3-D Secure 2 every time",
        three_d_secure="always",
    ),
    TestCard(
        "4000000000000259",
        "pm_card_createDispute",
        "visa",
        "Succeeds, then is disputed as fraudulent",
        disputes=True,
    ),
)

BY_NUMBER = {card.number: card for card in CARDS}
BY_TOKEN = {card.token: card for card in CARDS}

_MESSAGES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_required": (
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}


def refusal(decline_code: str) -> ApiError:
    """The card error Stripe raises for a decline code."""
    code, message = _MESSAGES[decline_code]
    return declined(message, code, None if decline_code == code else decline_code)


def find(number: str) -> TestCard:
    """The card with this number (spaces allowed); Stripe's test mode knows no other."""
    digits = "".join(ch for ch in number if ch.isdigit())
    card = BY_NUMBER.get(digits)
    if card is None:
        sentence = "Your card was declined. Your request was in test mode, but used a non test card."
        raise declined(sentence, "card_declined", "test_mode_live_card")
    return card
