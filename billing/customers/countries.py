"""The countries an address may be in, in the reader's language, as Babel names them."""

from babel import Locale
from django.utils.translation import get_language, to_locale

# Babel's names of places that have no code of their own in ISO 3166-1, which is what Stripe takes.
_NO_COUNTRIES = frozenset(
    {"AC", "AN", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)


def country_choices() -> list[tuple[str, str]]:
    """(code, name) of every country, by name."""
    named = _names()
    found = [(code, name) for code, name in named.items() if _is_country(code)]
    return sorted(found, key=lambda choice: choice[1])


def country_name(code: str) -> str:
    """The name of a country; the code itself where Babel knows none."""
    return _names().get(code, code)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES


def _names() -> dict[str, str]:
    territories: dict[str, str] = dict(Locale.parse(to_locale(get_language() or "en")).territories)
    return territories
