"""Merges metadata the way Stripe does: new keys added, empty values removed, an empty hash clears all."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.errors import invalid_param
from sandbox.stripe.params import Params

MOST_KEYS = 50
LONGEST_VALUE = 500


def merged(params: Params, current: dict[str, str] | None = None) -> dict[str, str]:
    """The object's metadata after this request."""
    given: Any = params.take("metadata")
    if given is None:
        return dict(current or {})
    if given == "":
        return {}
    result = {**(current or {}), **given}
    result = {key: str(value) for key, value in result.items() if value != ""}
    if len(result) > MOST_KEYS or any(len(value) > LONGEST_VALUE for value in result.values()):
        raise invalid_param("Metadata holds at most 50 keys with values up to 500 characters.", "metadata")
    return result


def cleared(value: Any) -> Any:
    """What an emptied parameter becomes: null."""
    return None if value == "" else value
