"""How long a call to Stripe may take: jobs have time, somebody who waits for a page has not.

All calls of one web request share one allowance, however many there are and however often each is repeated.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse

_deadline: ContextVar[float | None] = ContextVar("stripe_deadline", default=None)

SHORTEST = 0.2  # seconds; with less left no call is begun


class OutOfTime(requests.RequestException):
    """The request's allowance is used up; stripe-python does not repeat a call that ends like this."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let the calls within this block take so many seconds together."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left(most: float) -> float:
    """The time-out of the next attempt, in seconds; half of what is left, so that a second one fits.

    Raises ``OutOfTime`` where nothing is left.
    """
    deadline = _deadline.get()
    if deadline is None:
        return most
    left = deadline - time.monotonic()
    if left < SHORTEST:
        raise OutOfTime("The time for this page is used up.")
    return min(most, max(left / 2, SHORTEST))


class PatientSession(requests.Session):
    """The connections to Stripe, one set for each thread; each attempt gets the time that is left."""

    def __init__(self) -> None:
        super().__init__()
        self._of_thread = threading.local()

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        """One attempt."""
        session = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = requests.Session()
        options["timeout"] = time_left(most=float(options["timeout"]))
        response: requests.Response = session.request(method, url, *args, **options)
        return response


class StripePatienceMiddleware:
    """Bounds what a page may wait for Stripe; it takes nothing from pages that never ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the allowance."""
        with at_most(settings.STRIPE_REQUEST_SECONDS):
            return self.get_response(request)
