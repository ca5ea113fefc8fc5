"""Close a view to everybody whose plan lacks a feature, and say what would open it."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from billing.entitlements.answers import refuse, refuse_json
from billing.entitlements.asked import note_feature
from billing.entitlements.decisions import check

View = Callable[..., HttpResponseBase | Awaitable[HttpResponseBase]]
Answer = Callable[..., HttpResponseBase]


def requires_feature(feature: str, *, json: bool = False) -> Callable[[View], View]:
    """Decorate a view, sync or async: those who may go on, others get the refusal with status 402.

    ``json`` is for an endpoint that only programs call: they are told in JSON whatever they accept. A key
    that ``BILLING_FEATURES`` does not declare stops the start.

    ::

        @requires_feature("csv_export")
        def export(request): ...
    """
    answer = refuse_json if json else refuse

    def decorate(view: View) -> View:
        note_feature(feature, place=f"The view {view.__module__}.{view.__qualname__}")
        closed = _closed_async if iscoroutinefunction(view) else _closed
        return closed(view, feature, answer)

    return decorate


class RequiresFeatureMixin:
    """Closes a class-based view, sync or async: put it first, and name the key in ``required_feature``."""

    required_feature = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Note the key, so that a wrong one stops the start."""
        super().__init_subclass__(**kwargs)
        if cls.required_feature:
            note_feature(cls.required_feature, place=f"The view {cls.__module__}.{cls.__qualname__}")

    view_is_async: bool

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The view for those who may, the refusal for others."""
        if not self.required_feature:
            raise ImproperlyConfigured(f"{type(self).__qualname__} does not say which feature it requires.")
        view = super().dispatch  # type: ignore[misc]
        closed = _closed_async if self.view_is_async else _closed
        return closed(view, self.required_feature, refuse)(request, *args, **kwargs)


def _closed(view: View, feature: str, answer: Answer) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        decision = check(request.user, feature)
        return view(request, *args, **kwargs) if decision.allowed else answer(request, decision)

    return guarded


def _closed_async(view: View, feature: str, answer: Answer) -> View:
    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = await request.auser()
        decision = await sync_to_async(check)(user, feature)
        if not decision.allowed:
            return await sync_to_async(answer)(request, decision)
        return await view(request, *args, **kwargs)  # type: ignore[misc]

    return guarded
