"""Money as people read it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from billing.catalog.money import (
    decimals_of,
    format_money,
    major_units,
    minor_units,
    validate_currency,
)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (1900, "EUR", "€19.00"),
        (5, "EUR", "€0.05"),
        (0, "EUR", "€0.00"),
        (-1900, "EUR", "-€19.00"),
        (1900, "JPY", "¥1,900"),
        (123456789, "USD", "$1,234,567.89"),
        (1234500, "KWD", "KWD1,234.500"),
    ],
)
def test_minor_units_are_written_with_the_decimals_of_their_currency(amount, currency, written):
    with override("en"):
        assert format_money(amount, currency) == written


def test_the_readers_language_decides_how_money_is_written():
    with override("de"):
        assert format_money(190000, "EUR") == "1.900,00\N{NO-BREAK SPACE}€"


def test_short_money_drops_decimals_only_when_all_are_zero():
    with override("en"):
        assert format_money(1900, "EUR", short=True) == "€19"
        assert format_money(1950, "EUR", short=True) == "€19.50"
        assert format_money(1900, "JPY", short=True) == "¥1,900"


def test_what_an_admin_writes_becomes_minor_units_and_back():
    assert minor_units(Decimal("19.00"), "EUR") == 1900
    assert minor_units(Decimal("1900"), "JPY") == 1900
    assert major_units(1900, "EUR") == Decimal("19.00")
    assert decimals_of("KWD") == 3


@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [("19.999", "EUR", "EUR has 2 decimals"), ("19.5", "JPY", "JPY has no decimals")],
)
def test_decimals_that_the_currency_has_not_are_refused(amount, currency, message):
    with pytest.raises(ValidationError, match=message):
        minor_units(Decimal(amount), currency)


@pytest.mark.parametrize("code", ["eur", "XYZ", "EURO", "", "DEM"])
def test_only_currencies_that_stripe_takes_are_accepted(code):
    with pytest.raises(ValidationError, match="not a currency that Stripe takes"):
        validate_currency(code)
    validate_currency("EUR")
