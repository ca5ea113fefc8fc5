"""How often one person may ask for things that cost a call to Stripe."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TOO_MANY = 429

View = Callable[..., HttpResponse]


def limited(action: str, *, per_minute: int, methods: frozenset[str]) -> Callable[[View], View]:
    """Answer 429 with a sentence once a signed-in person asked ``per_minute`` times within a minute."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in methods and _count(action, request.user.pk) > per_minute:
                return slow_down(request)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def too_often(action: str, who: object, *, per_minute: int) -> bool:
    """Count one more ``action`` of ``who``; True once there were more than ``per_minute`` within a minute."""
    return _count(action, who) > per_minute


def _count(action: str, who: object) -> int:
    key = f"billing-limit:{action}:{who}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two calls: a new minute begins
        return 1


def slow_down(request: HttpRequest) -> HttpResponse:
    """The answer to too much: a page with status 429."""
    response = render(request, "429.html", status=TOO_MANY)
    response["Retry-After"] = "60"
    return response
