"""Merges metadata the way Stripe does: new keys added, empty values removed, an empty hash clears all."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.errors import invalid_param
from sandbox.stripe.params import Params

MOST_KEYS = 50
LONGEST_KEY = 40
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
    _check(params, result)
    return result


def _check(params: Params, metadata: dict[str, str]) -> None:
    path = params.path("metadata")
    if len(metadata) > MOST_KEYS:
        raise invalid_param("You may only specify up to 50 metadata keys.", path)
    for key, value in metadata.items():
        if len(key) > LONGEST_KEY:
            sentence = f"Metadata keys must be under {LONGEST_KEY} characters. Invalid key: {key[:60]}"
            raise invalid_param(sentence, f"{path}[{key[:60]}]")
        if len(value) > LONGEST_VALUE:
            sentence = f"Metadata values must be under {LONGEST_VALUE} characters."
            raise invalid_param(f"{sentence} {key} has {len(value)}.", f"{path}[{key}]")


def cleared(value: Any) -> Any:
    """What an emptied parameter becomes: null."""
    return None if value == "" else value
