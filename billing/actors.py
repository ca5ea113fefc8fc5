"""Who changes billing, why and from where: said to the database together with each change.

::

    with acting(user=request.user, why="Promised by phone"):
        grant_feature(…)

Triggers on the tables write the audit log. They learn who acts from a setting that lasts for one transaction.
It travels in front of the statement that writes, in the same round trip: so it is there without a transaction
of the caller's, after a savepoint was rolled back, and behind a pooler that hands a connection to somebody
else after each commit. Nothing is sent for statements that only read.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from psycopg.sql import Literal

# Statements that may change a table under audit, also by calling one of billing's functions. Those of the
# credit ledger write its own history, with who and why where a person did it.
WRITES = re.compile(
    r"\s*(?:(?:INSERT|UPDATE|DELETE|MERGE|WITH|TRUNCATE)\b|(?:SELECT|CALL)\b.*\bbilling_(?!credits_)\w+\()",
    re.I | re.S,
)
LONGEST = 500

# Where a customer buys, and where Stripe sends them back to.
BUYING = (
    "/billing/checkout/",
    "/billing/success/",
    "/billing/credits/buy/",
    "/billing/credits/bought/",
)

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Actor:
    """``origin`` is one of ``AuditEntry.Origin``; ``place`` says which page, job or command it was.

    ``request`` is the number that the site gave to the request.
    """

    user: Any = None
    why: str = ""
    origin: str = ""
    place: str = ""
    request: str = ""

    def setting(self) -> str:
        """The statement that tells the database, for the transaction it runs in."""
        told = {
            "user": getattr(self.user, "pk", None),
            "email": getattr(self.user, "email", ""),
            "why": self.why[:LONGEST],
            "origin": self.origin,
            "place": self.place[:LONGEST],
            "request": self.request,
        }
        words = json.dumps({name: value for name, value in told.items() if value})
        return f"SELECT set_config('billing.actor', {Literal(words).as_string()}, true); "


NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("billing_actor", default=NOBODY)


@contextmanager
def acting(
    *, user: Any = None, why: str = "", origin: str = "", place: str = "", request: str = ""
) -> Iterator[None]:
    """Name who acts in this block. What is not said here holds as it does around the block."""
    around = _actor.get()
    actor = Actor(
        user=around.user if user is None else user,
        why=why or around.why,
        origin=origin or around.origin,
        place=place or around.place,
        request=request or around.request,
    )
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


class ActingMiddleware:
    """Names the person and the address of every request; costs nothing where nothing is written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The person is looked up at the first write, if the page has not done so before."""
        with acting(
            user=SimpleLazyObject(lambda: request.user),
            origin=_origin(request.path),
            place=f"{request.method} {request.path}",
            request=getattr(request, "request_id", ""),
        ):
            return self.get_response(request)


def acting_job(run: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Procrastinate's middleware: the job is who acts."""
    with acting(origin="job", place=f"{context.job.task_name} {context.job.id}"):
        return run()


def name_writers(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receives ``connection_created``: from now on the connection says who writes."""
    if _name_writer not in connection.execute_wrappers:
        connection.execute_wrappers.append(_name_writer)


def _name_writer(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if many or not isinstance(sql, str) or "billing_" not in sql or not WRITES.match(sql):
        return execute(sql, params, many, context)
    setting = _actor.get().setting()
    if params is not None:
        setting = setting.replace("%", "%%")
    result = execute(setting + sql, params, many, context)
    context["cursor"].nextset()
    return result


def _origin(path: str) -> str:
    if path.startswith(("/admin/", "/django-admin/")):
        return "admin"
    if path.startswith(BUYING):
        return "checkout"
    return "webhook" if path.startswith("/stripe/") else "site"
