"""The route table: which handler answers which method and path, with which parameter class."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Route:
    """One line of the table; `schema` names a class of `stripe.params`."""

    method: str
    template: str
    schema: str
    handler: Handler
    pattern: re.Pattern[str]


ROUTES: list[Route] = []


def route(method: str, template: str, schema: str) -> Callable[[Handler], Handler]:
    """Register `handler(world, params, *ids)` for a path such as `/v1/customers/:id`."""
    pattern = re.compile("^" + re.sub(r":\w+", r"([^/]+)", template) + "/?$")

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, template, schema, handler, pattern))
        return handler

    return register


def match(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The route for a request and the identifiers in its path; fixed words win over identifiers."""
    found = [(e, hit.groups()) for e in ROUTES if e.method == method and (hit := e.pattern.match(path))]
    return min(found, key=lambda pair: pair[0].template.count(":"), default=None)
