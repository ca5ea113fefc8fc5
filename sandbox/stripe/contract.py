"""Checks the sandbox from outside itself, against what stripe-python's own types say.

Requests go through pydantic with stripe-python's parameter TypedDicts; answers and events are compared with
its resource classes. Turn it on for a sandbox with `sandbox.observers.append(check)`: any request that Stripe
would refuse although the sandbox answered it, and any object of the wrong shape, raises ContractBrokenError.
"""

from __future__ import annotations

import json
import types
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import typing_extensions
from pydantic import TypeAdapter, ValidationError

from sandbox.stripe import answers
from sandbox.stripe.dispatch import Request, Response
from sandbox.stripe.router import match
from sandbox.stripe.schema import fields_of, params_class
from sandbox.stripe.wire import decode_form


class ContractBrokenError(AssertionError):
    """Request or answer differ from what stripe-python's types allow."""


def check(request: Request, response: Response) -> None:
    """Raise ContractBrokenError unless both sides of an answered request keep the contract."""
    if response.status != 200:
        return
    found = match(request.method, request.path)
    if found is None:
        raise ContractBrokenError(f"{request.method} {request.path} was answered without a route.")
    check_params(found[0].schema, decode_form(request.form))
    faults = answers.faults(json.loads(response.body))
    if faults:
        raise ContractBrokenError(f"{request.method} {request.path} answered:\n" + "\n".join(faults))


def check_params(schema: str, form: dict[str, Any]) -> None:
    """Raise unless pydantic accepts the decoded form as the parameter class of that name."""
    try:
        adapter(params_class(schema)).validate_python(_lists(form))
    except ValidationError as error:
        raise ContractBrokenError(f"{schema} does not accept {form}:\n{error}") from error


@cache
def adapter(schema: type) -> TypeAdapter[Any]:
    """A strict reader for one of stripe-python's parameter classes."""
    return TypeAdapter(_closed(schema))


@cache
def _closed(schema: type) -> Any:
    """The same TypedDict that forbids unknown keys and takes enumerations at their word."""
    fields = {name: _narrow(hint) for name, hint in fields_of(schema).items()}
    make: Any = typing_extensions.TypedDict
    closed = make(schema.__name__, fields)
    closed.__pydantic_config__ = {"extra": "forbid"}
    return closed


def _narrow(hint: Any) -> Any:
    absent_ok: Any = typing_extensions.NotRequired
    origin, inner = get_origin(hint), get_args(hint)
    if origin is absent_ok:
        return absent_ok[_narrow(inner[0])]
    if origin in (Union, types.UnionType):
        members = tuple(_narrow(member) for member in _listed_words_only(inner))
        return Union[members]  # noqa: UP007
    if origin is list:
        return types.GenericAlias(list, (_narrow(inner[0]),))
    if origin is not None and origin is not Literal and len(inner) == 2:
        return types.GenericAlias(dict, (str, _narrow(inner[1])))
    if typing_extensions.is_typeddict(hint):
        return _closed(hint)
    return hint


def _listed_words_only(members: tuple[Any, ...]) -> list[Any]:
    words = [word for member in members if get_origin(member) is Literal for word in get_args(member)]
    plain = [m for m in members if getattr(get_origin(m), "__name__", "") != "UntypedStripeObject"]
    return plain if not words or words == [""] else [m for m in plain if m is not str]


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(entry) for key, entry in value.items()}
