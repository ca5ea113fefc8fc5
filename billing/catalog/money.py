"""Money as people read it; everywhere else it is an integer of minor units with its currency."""

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, to_locale

from billing.catalog.currencies import DECIMALS


def validate_currency(code: str) -> None:
    """Refuse what Stripe cannot charge in."""
    if code not in DECIMALS:
        raise ValidationError(
            "“%(code)s” is not a currency that Stripe takes. Write its three capital letters, as in EUR.",
            code="currency",
            params={"code": code},
        )


def decimals_of(currency: str) -> int:
    """How many decimals Stripe counts in ``currency``: 2 for EUR, 0 for JPY, 3 for KWD."""
    return DECIMALS[currency]


def major_units(amount: int, currency: str) -> Decimal:
    """1900 minor units of EUR are 19.00."""
    return Decimal(amount).scaleb(-decimals_of(currency))


def minor_units(amount: Decimal, currency: str) -> int:
    """19.00 EUR are 1900 minor units. Raises ``ValidationError`` where ``amount`` has decimals too many."""
    scaled = amount.scaleb(decimals_of(currency))
    if scaled != scaled.to_integral_value():
        raise ValidationError(_too_many_decimals(currency), code="decimals")
    return int(scaled)


def format_money(amount: int, currency: str, *, short: bool = False) -> str:
    """``amount`` in minor units, written for the reader's language: €19.00, ¥1,900.

    ``short`` leaves out decimals that are all zero, for prices on cards: €19.
    """
    decimals = decimals_of(currency)
    if short and amount % 10**decimals == 0:
        decimals = 0
    pattern = _locale().currency_formats["standard"]
    return format_currency(
        major_units(amount, currency),
        currency,
        format=_with_decimals(pattern.pattern, decimals),
        locale=_locale(),
        currency_digits=False,
    )


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))


def _with_decimals(pattern: str, decimals: int) -> str:
    return pattern.replace(".00", "." + "0" * decimals if decimals else "")


def _too_many_decimals(currency: str) -> str:
    decimals = decimals_of(currency)
    if decimals == 0:
        return f"{currency} has no decimals: write a whole number."
    return f"{currency} has {decimals} decimals: write no more than that."
