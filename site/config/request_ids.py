"""A number for each request: in its answer, in every line it logs and in the audit log of what it changes."""

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_present: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Makes the number here; one that somebody sends along is not looked at, so that nobody chooses it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The request carries it as ``request_id``, the answer as a header that a customer can read out."""
        number = secrets.token_hex(10)
        request.request_id = number  # type: ignore[attr-defined]
        token = _present.set(number)
        try:
            response = self.get_response(request)
        finally:
            _present.reset(token)
        response[HEADER] = number
        return response


class RequestIdFilter(logging.Filter):
    """Gives each line the number of the request that it belongs to, in brackets; other lines get nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line stays."""
        number = _present.get()
        record.request_number = f" [{number}]" if number else ""
        return True
