"""Stripe's lists: newest first, with a cursor in both directions."""

from __future__ import annotations

import operator
from typing import Any

from sandbox.stripe.errors import invalid_param, missing_resource
from sandbox.stripe.params import Params
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

MOST = 100
_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_HOLDS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def envelope(url: str, data: list[Obj], has_more: bool = False) -> Obj:
    """A list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def limit_of(params: Params) -> int:
    """How many the caller wants: 10, or 1 to 100 as asked."""
    limit = params.take("limit", 10)
    if not 1 <= limit <= MOST:
        word = "less than or equal to 100" if limit > MOST else "greater than or equal to 1"
        raise invalid_param(f"Invalid limit: must be {word}", "limit", "parameter_invalid_integer")
    return int(limit)


def list_objects(
    world: World,
    kind: str,
    url: str,
    params: Params,
    where: dict[str, Any] | None = None,
    spans: tuple[str, ...] = (),
) -> Obj:
    """A page of stored objects that match `where` (and moments in `spans`), as the parameters ask."""
    limit = limit_of(params)
    after, before = params.take("starting_after"), params.take("ending_before")
    extra, values = _spans(params, ("created", *spans))
    if after:
        extra, values = (extra + " AND seq < ?", [*values, _position(world, kind, after, "starting_after")])
    elif before:
        extra, values = (extra + " AND seq > ?", [*values, _position(world, kind, before, "ending_before")])
    order = "ASC" if before and not after else "DESC"
    tail = f"ORDER BY seq {order} LIMIT {limit + 1}"
    found = world.store.page(kind, where or {}, extra, values, tail)
    page = found[:limit] if order == "DESC" else found[:limit][::-1]
    return envelope(url, [world.show(obj) for obj in page], len(found) > limit)


def list_values(url: str, values: list[Obj], params: Params) -> Obj:
    """A page of a list that lives inside another object, in its own order."""
    limit = limit_of(params)
    after, before = params.take("starting_after"), params.take("ending_before")
    ids = [value["id"] for value in values]
    for cursor in (after, before):
        if cursor and cursor not in ids:
            raise missing_resource("object", cursor, "starting_after" if after else "ending_before")
    if before and not after:
        earlier = values[: ids.index(before)]
        return envelope(url, earlier[-limit:], len(earlier) > limit)
    rest = values[ids.index(after) + 1 :] if after else values
    return envelope(url, rest[:limit], len(rest) > limit)


def within(moment: int | None, asked: Any) -> bool:
    """True when a moment is the one asked for, or inside the span `{"gte": …, "lt": …}`."""
    if moment is None or not isinstance(asked, dict):
        return bool(moment == asked)
    return all(_HOLDS[name](moment, int(limit)) for name, limit in asked.items())


def _position(world: World, kind: str, object_id: str, param: str) -> int:
    rows = world.store.query("SELECT seq FROM objects WHERE id = ? AND kind = ?", object_id, kind)
    if not rows:
        raise missing_resource(kind, object_id, param)
    return int(rows[0][0])


def _spans(params: Params, names: tuple[str, ...]) -> tuple[str, list[Any]]:
    """SQL for moments: `created` is a column, other fields are read from the object."""
    extra, values = "", []
    for name in names:
        asked = params.take(name)
        if asked is None:
            continue
        column = name if name == "created" else f"json_extract(body, '$.{name}')"
        for word, limit in asked.items() if isinstance(asked, dict) else (("", asked),):
            extra += f" AND {column} {_COMPARE.get(word, '=')} ?"
            values.append(int(limit))
    return extra, values
