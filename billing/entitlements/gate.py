"""Close a view to everybody whose plan lacks a feature, and say what would open it."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from billing.entitlements.decisions import Decision, check
from billing.entitlements.words import explain

PAYMENT_REQUIRED = 402

View = Callable[..., HttpResponseBase | Awaitable[HttpResponseBase]]


def requires_feature(feature: str) -> Callable[[View], View]:
    """Decorate a view, sync or async: those who may go on, others get the refusal with status 402.

    ::

        @requires_feature("csv_export")
        def export(request): ...
    """

    def decorate(view: View) -> View:
        return _closed_async(view, feature) if iscoroutinefunction(view) else _closed(view, feature)

    return decorate


def refuse(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Answer with the refusal in the form that the client reads: JSON, an htmx partial or a page."""
    response = _refusal(request, decision)
    add_never_cache_headers(response)
    return response


def _closed(view: View, feature: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        decision = check(request.user, feature)
        return view(request, *args, **kwargs) if decision.allowed else refuse(request, decision)

    return guarded


def _closed_async(view: View, feature: str) -> View:
    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = await request.auser()
        decision = await sync_to_async(check)(user, feature)
        if not decision.allowed:
            return await sync_to_async(refuse)(request, decision)
        return await view(request, *args, **kwargs)  # type: ignore[misc]

    return guarded


def _refusal(request: HttpRequest, decision: Decision) -> HttpResponse:
    refusal = explain(decision, came_from=_came_from(request))
    if not request.accepts("text/html"):
        return JsonResponse({"decision": asdict(decision), "detail": refusal.reason}, status=PAYMENT_REQUIRED)
    htmx = "HX-Request" in request.headers
    template = "billing/_refusal.html" if htmx else "billing/refusal.html"
    return render(request, template, {"refusal": refusal, "decision": decision}, status=PAYMENT_REQUIRED)


def _came_from(request: HttpRequest) -> str:
    """The path to come back to: an unsafe request cannot be repeated by a link, so its page is not known."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
