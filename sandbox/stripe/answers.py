"""Compares answered objects with stripe-python's resource classes, field by field."""

from __future__ import annotations

import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import StripeObject, UntypedStripeObject

from sandbox.stripe.shapes import resource_class

_SCALARS: dict[Any, Any] = {int: int, bool: bool, float: (int, float), str: str, Decimal: str}


def faults(obj: dict[str, Any]) -> list[str]:
    """What in `obj` stripe-python's classes don't allow, in sentences; empty when all is well."""
    return list(_object(obj, obj.get("object", "?")))


def _object(obj: dict[str, Any], path: str) -> Iterator[str]:
    kind = obj.get("object")
    if kind == "list":
        yield from _list(obj, path)
    elif kind not in OBJECT_CLASSES:
        yield f"{path}: there is no object called {kind!r}"
    elif not obj.get("deleted"):
        yield from _fields(obj, resource_class(kind), path)
        if kind == "event":
            yield from _object(obj["data"]["object"], f"{path}.data.object")


def _list(obj: dict[str, Any], path: str) -> Iterator[str]:
    if not {"data", "has_more", "url"} <= obj.keys():
        yield f"{path}: a list needs data, has_more and url"
    for index, entry in enumerate(obj["data"]):
        yield from _object(entry, f"{path}.data[{index}]")


def _fields(obj: dict[str, Any], cls: type, path: str) -> Iterator[str]:
    declared = {name: hint for name, hint in cls.__annotations__.items() if name != "OBJECT_NAME"}
    for name in obj.keys() - declared.keys():
        yield f"{path}.{name}: {cls.__qualname__} has no such field"
    for name, hint in declared.items():
        if name in obj:
            yield from _value(obj[name], hint, f"{path}.{name}")
        elif not _optional(hint) and name != "deleted":
            yield f"{path}.{name}: {cls.__qualname__} always has this field"


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _value(value: Any, hint: Any, path: str) -> Iterator[str]:  # noqa: C901
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        yield from _union(value, get_args(hint), path)
    elif _is_resource(value):
        yield from _object(value, path)
    elif origin is Literal:
        if value not in get_args(hint):
            yield f"{path}: {value!r} is not one of {get_args(hint)}"
    elif origin is list:
        yield from _entries(value, get_args(hint)[0], path)
    elif origin in (dict, UntypedStripeObject, ListObject) or hint in (Any, UntypedStripeObject):
        if hint is not Any and not isinstance(value, dict):
            yield f"{path}: {value!r} is not a hash"
    elif isinstance(hint, type) and issubclass(hint, StripeObject):
        yield from _nested(value, hint, path)
    elif hint in _SCALARS and not _is(value, hint):
        yield f"{path}: {value!r} is not {hint.__name__}"


def _is_resource(value: Any) -> bool:
    kind = value.get("object") if isinstance(value, dict) else None
    return isinstance(kind, str) and kind in OBJECT_CLASSES


def _nested(value: Any, cls: type, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _fields(value, cls, path)
    else:
        yield f"{path}: {value!r} is not a {cls.__qualname__}"


def _entries(value: Any, inner: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is not a list"
        return
    for index, entry in enumerate(value):
        yield from _value(entry, inner, f"{path}[{index}]")


def _is(value: Any, hint: Any) -> bool:
    return isinstance(value, _SCALARS[hint]) and (hint is bool or not isinstance(value, bool))


def _union(value: Any, members: tuple[Any, ...], path: str) -> Iterator[str]:
    if value is None and type(None) in members:
        return
    named = any(get_origin(member) is Literal for member in members)
    rest = [m for m in members if m is not type(None) and not (named and m is str)]
    if isinstance(value, dict) and any(isinstance(m, ForwardRef) for m in rest):
        yield from _object(value, path)
        return
    problems = []
    for member in rest:
        found = list(_value(value, member, path)) if not isinstance(member, ForwardRef) else ["?"]
        if not found:
            return
        problems.append(found)
    yield from problems[0]
