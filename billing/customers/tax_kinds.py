"""The kinds of tax numbers that Stripe knows, as its own library lists them, with names for people."""

from typing import Literal, cast, get_args, get_origin, get_type_hints

from stripe.params import CustomerCreateParamsTaxIdDatum

from billing.customers.countries import country_name

_NAMES = {
    "eu_vat": "European Union: VAT number",
    "eu_oss_vat": "European Union: One-Stop-Shop VAT number",
}


def _known() -> tuple[str, ...]:
    hint = get_type_hints(CustomerCreateParamsTaxIdDatum)["type"]
    return next(
        cast("tuple[str, ...]", get_args(part)) for part in get_args(hint) if get_origin(part) is Literal
    )


KINDS = _known()


def kind_name(kind: str) -> str:
    """“Switzerland: VAT”, from ``ch_vat``."""
    if kind in _NAMES:
        return _NAMES[kind]
    country, _, name = kind.partition("_")
    return f"{country_name(country.upper())}: {name.replace('_', ' ').upper()}"


def kind_choices() -> list[tuple[str, str]]:
    """(kind, name) of every kind, the one of the European Union first, then by name."""
    named = [(kind, kind_name(kind)) for kind in KINDS if kind not in _NAMES]
    return [*_NAMES.items(), *sorted(named, key=lambda choice: choice[1])]
