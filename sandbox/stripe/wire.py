"""Reads the form encoding that Stripe's clients speak: `a[b][0][c]=x` becomes nested dictionaries."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.errors import ApiError

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
MAX_DEPTH = 12


def decode_form(text: str) -> dict[str, Any]:
    """Nested dictionaries and strings; lists stay dictionaries keyed "0", "1", … until typed."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        _insert(root, _split(key), value)
    return root


def _split(key: str) -> list[str]:
    match = _KEY.match(key)
    if match is None:
        raise ApiError(f"Invalid request: the parameter name {key[:80]!r} can't be read.", param=key[:80])
    parts = [match.group(1), *_PART.findall(match.group(2))]
    if len(parts) > MAX_DEPTH:
        raise ApiError("Invalid request: the parameters are nested too deeply.", param=parts[0])
    return parts


def _insert(root: dict[str, Any], parts: list[str], value: str) -> None:
    node = root
    for part in parts[:-1]:
        child = node.setdefault(part or str(len(node)), {})
        if not isinstance(child, dict):
            raise ApiError(f"Invalid request: {part} is given both as a value and as a hash.", param=part)
        node = child
    node[parts[-1] or str(len(node))] = value
