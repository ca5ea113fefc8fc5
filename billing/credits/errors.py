"""Why the ledger refused; after any of these it is as it was before."""

from decimal import Decimal


class CreditsRefused(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The base of all refusals. ``sentence`` may be shown to the customer."""

    sentence = "This could not be done with your credits. Nothing was spent."

    def __str__(self) -> str:
        return self.sentence


class InvalidAmount(CreditsRefused):
    """Zero, below zero, finer than four decimals, or more than an account can hold."""

    def __init__(self, amount: object) -> None:
        super().__init__(amount)
        self.amount = amount
        self.sentence = (
            f"{_shown(amount)} is no amount of credits: it must be above zero, with four decimals at most."
        )


class InvalidKey(CreditsRefused):
    """A key is needed to make a repeated request count once: 1 to 200 characters."""

    sentence = "This request carries no usable key, so it could count twice. Nothing was spent."


class InvalidWords(CreditsRefused):
    """A reference, reason or feature longer than the ledger keeps, or with a zero byte in it."""

    sentence = "The description of this request cannot be kept. Nothing was changed."


class InvalidSpan(CreditsRefused):
    """A hold that ends before it begins, or lasts longer than ``amounts.LONGEST_HOLD``."""

    sentence = "Credits can be set aside for 31 days at most. Nothing was set aside."


class InvalidTerms(CreditsRefused):
    """Credits that would end before they begin."""

    sentence = "These credits would end before they begin. Nothing was given; choose a later end."


class InvalidSource(CreditsRefused):
    """Credits from nowhere that ``CreditLot.Source`` knows."""

    def __init__(self, source: object) -> None:
        super().__init__(source)
        self.source = source
        self.sentence = f"{_shown(source)} is no source of credits. Nothing was given; name one that exists."


class InvalidPriority(CreditsRefused):
    """A priority that is no whole number, or one beyond what a lot keeps."""

    def __init__(self, priority: object) -> None:
        super().__init__(priority)
        self.priority = priority
        self.sentence = (
            f"{_shown(priority)} is no priority of credits. Nothing was given; take a whole number near zero."
        )


class AccountFull(CreditsRefused):
    """More than an account can hold, with what it owes and waits for."""

    sentence = "An account cannot hold that many credits. Nothing was given."


class UnknownCustomer(CreditsRefused):
    """No payer here has this identity."""

    sentence = "There is no customer to take credits from. Nothing was spent."


class UnknownRecord(CreditsRefused):
    """The entry, lot or hold does not exist, or is of a kind this cannot be done with."""

    sentence = "The credits in question do not exist. Nothing was changed."


class InsufficientCredits(CreditsRefused):
    """The account has less than was asked for."""

    def __init__(self, *, needed: Decimal, available: Decimal) -> None:
        super().__init__(needed, available)
        self.needed = needed
        self.available = available
        self.sentence = (
            f"This needs {needed.normalize():f} credits and you have {available.normalize():f}."
            " Nothing was spent; get more credits to go on."
        )


class AccountFrozen(CreditsRefused):
    """A payment is disputed: nothing is spent until that is settled."""

    sentence = "Your credits rest while a payment is disputed. Nothing was spent; write to us to settle it."


class KeyReused(CreditsRefused):
    """The key was used before for something else: a mistake of the caller."""

    sentence = "This request was made before with other contents. Nothing was changed."


class HoldEnded(CreditsRefused):
    """The hold timed out, was released or was captured otherwise."""

    sentence = (
        "The credits set aside for this were given back meanwhile. Nothing was spent; please start again."
    )


class MoreThanThereIs(CreditsRefused):
    """More was to be captured or given back than the hold or the spend has left."""

    sentence = "More would be moved than is left of it. Nothing was changed."


def _shown(value: object) -> str:
    """``value``, as much of it as a sentence holds; Python writes no number of thousands of digits."""
    try:
        return f"{value!s:.40}" or "Nothing"
    except ValueError:
        return "A number that long"
