"""Replaces identifiers by whole objects where the caller asked with `expand[]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.stripe.errors import invalid_param
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

Include = Callable[[World, Obj], Any]
INCLUDES: dict[tuple[str, str], Include] = {}
MAX_DEPTH = 4


def includable(kind: str, field: str) -> Callable[[Include], Include]:
    """Register a field that is sent only when expanded, such as a session's line items."""

    def register(function: Include) -> Include:
        INCLUDES[(kind, field)] = function
        return function

    return register


def expand(world: World, obj: Obj, paths: list[str]) -> Obj:
    """The object with every path of `expand[]` filled in."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise invalid_param(f"You cannot expand more than 4 levels of a property: {path}.", "expand")
        _walk(world, obj, parts, path)
    return obj


def _walk(world: World, node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for entry in node:
            _walk(world, entry, parts, path)
        return
    if not isinstance(node, dict):
        return
    name, rest = parts[0], parts[1:]
    include = INCLUDES.get((node.get("object", ""), name))
    if include and name not in node:
        node[name] = include(world, node)
    if name not in node:
        raise invalid_param(f"This property cannot be expanded ({path}).", "expand")
    value = node[name]
    if isinstance(value, str):
        node[name] = _whole(world, value, path)
    elif isinstance(value, list):
        node[name] = [_whole(world, v, path) if isinstance(v, str) else v for v in value]
    _walk(world, node[name], rest, path) if rest else None


def _whole(world: World, object_id: str, path: str) -> Obj:
    found = world.store.get(object_id)
    if found is None:
        raise invalid_param(f"This property cannot be expanded ({path}).", "expand")
    return world.show(found)
