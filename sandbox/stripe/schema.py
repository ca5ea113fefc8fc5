"""Types incoming parameters by stripe-python's own parameter classes, refusing what Stripe would refuse."""

from __future__ import annotations

import importlib
import types
import typing
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_context import StripeContext

from sandbox.stripe.errors import ApiError, invalid_param, missing_param, unknown_param

_NAMES = {"StripeContext": StripeContext, "Mapping": typing.Mapping, "Literal": Literal, "Any": Any}
_WRAPPERS = (typing.NotRequired, typing.Required, typing_extensions.NotRequired, typing_extensions.Required)


@cache
def params_class(name: str) -> type:
    """`PriceCreateParams` or `checkout.SessionCreateParams` of `stripe.params`."""
    module, _, leaf = name.rpartition(".")
    return typing.cast(type, getattr(importlib.import_module(f"stripe.params.{module}".rstrip(".")), leaf))


@cache
def fields_of(schema: type) -> dict[str, Any]:
    """Field name → type hint, without the request options that never travel as parameters."""
    hints = typing_extensions.get_type_hints(schema, include_extras=True, localns=_NAMES)
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def typed(schema: type, raw: dict[str, Any], path: str = "") -> dict[str, Any]:
    """The same parameters with their types; raises Stripe's error for an unknown, wrong or missing one."""
    fields = fields_of(schema)
    result = {}
    for name, value in raw.items():
        full = f"{path}[{name}]" if path else name
        if name not in fields:
            raise unknown_param(full)
        result[name] = _convert(fields[name], value, full)
    for name in schema.__required_keys__:  # type: ignore[attr-defined]
        if name in fields and name not in raw and get_origin(fields[name]) not in _WRAPPERS[::2]:
            raise missing_param(f"{path}[{name}]" if path else name)
    return result


def _convert(hint: Any, value: Any, path: str) -> Any:  # noqa: PLR0911
    origin = get_origin(hint)
    if origin in _WRAPPERS:
        return _convert(get_args(hint)[0], value, path)
    if origin in (Union, types.UnionType):
        return _convert_union(get_args(hint), value, path)
    if origin is Literal:
        return _choice(get_args(hint), value, path)
    if origin is list:
        return _list(get_args(hint)[0], value, path)
    if typing_extensions.is_typeddict(hint):
        return typed(hint, _hash(value, path), path)
    if hint in _SCALARS:
        return _SCALARS[hint](value, path)
    if origin is not None and len(get_args(hint)) == 2:
        return {k: _convert(get_args(hint)[1], v, f"{path}[{k}]") for k, v in _hash(value, path).items()}
    return value


def _convert_union(members: tuple[Any, ...], value: Any, path: str) -> Any:
    errors = []
    for member in _narrowed(members):
        try:
            return _convert(member, value, path)
        except ApiError as error:
            errors.append(error)
    raise errors[-1]


def _narrowed(members: tuple[Any, ...]) -> list[Any]:
    """An enumeration is written `Literal[...] | str`: only the listed words count.

    `Literal[''] | str` is a text that may be emptied, so there the text stays.
    """
    words = [word for member in members if get_origin(member) is Literal for word in get_args(member)]
    keep_text = not words or words == [""]
    first = [m for m in members if get_origin(m) is Literal]
    rest = [m for m in members if get_origin(m) is not Literal and (keep_text or m is not str)]
    plain = [m for m in rest if m is not str and getattr(m, "__name__", "") != "UntypedStripeObject"]
    tail = [m for m in rest if m not in plain]
    return (
        [m for m in first if "" in get_args(m)] + plain + [m for m in first if "" not in get_args(m)] + tail
    )


def _choice(words: tuple[Any, ...], value: Any, path: str) -> Any:
    for word in words:
        if value == word or (isinstance(word, bool) and value == str(word).lower()):
            return word
    listed = " or ".join(str(word) for word in words if word != "") or "an empty string"
    raise invalid_param(f"Invalid {path}: must be one of {listed}", path)


def _list(item: Any, value: Any, path: str) -> list[Any]:
    if value == "":
        return []
    if isinstance(value, dict) and all(key.isdigit() for key in value):
        value = [value[key] for key in sorted(value, key=int)]
    if not isinstance(value, list):
        raise invalid_param("Invalid array", path)
    return [_convert(item, entry, f"{path}[{index}]") for index, entry in enumerate(value)]


def _hash(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid_param("Invalid object", path)
    return value


def _integer(value: Any, path: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise invalid_param(f"Invalid integer: {value}", path, "parameter_invalid_integer") from None


def _boolean(value: Any, path: str) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise invalid_param(f"Invalid boolean: {value}", path)
    return str(value).lower() == "true"


def _number(value: Any, path: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise invalid_param(f"Invalid decimal: {value}", path) from None


def _decimal(value: Any, path: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise invalid_param(f"Invalid decimal: {value}", path) from None
    if not number.is_finite():
        raise invalid_param(f"Invalid decimal: {value}", path)
    return number


def _text(value: Any, path: str) -> str:
    if isinstance(value, dict | list):
        raise invalid_param(f"Invalid string: {value}", path)
    return str(value)


_SCALARS = {int: _integer, bool: _boolean, float: _number, Decimal: _decimal, str: _text}
