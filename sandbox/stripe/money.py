"""Shows amounts of minor units as people write them."""

from __future__ import annotations

from decimal import Decimal

ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
_SIGNS = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}


def show_amount(minor: int | Decimal, currency: str) -> str:
    """`€19.00`, `¥500`, `CHF 12.50`, `-€3.20`: minor units in, a readable amount out."""
    zero = currency in ZERO_DECIMAL
    value = Decimal(minor) if zero else Decimal(minor) / 100
    places = max(0 if zero else 2, -int(value.normalize().as_tuple().exponent))
    sign = _SIGNS.get(currency, f"{currency.upper()} ")
    return f"{'-' if value < 0 else ''}{sign}{abs(value):,.{places}f}"
