"""Shows editors a page, draft or published, as a visitor, a member or the customer of a plan would see it."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from billing import api as billing
from home.gate.access import Reader

VISITOR = "as:visitor"
MEMBER = "as:member"
CUSTOMER = "as:customer-of:"

NO_PERMISSIONS = ("_perm_cache", "_user_perm_cache", "_group_perm_cache")


def preview_modes() -> list[tuple[str, str]]:
    """What the preview panel offers beside Wagtail's own mode, which shows everything."""
    plans = [(f"{CUSTOMER}{key}", f"As a customer of {name}") for key, name in billing.plan_choices()]
    return [(VISITOR, "As a visitor"), (MEMBER, "As a member without a plan"), *plans]


def look_as(request: HttpRequest, mode: str) -> None:
    """Make the preview's request that of somebody else; nobody is signed out, and nobody is stored."""
    if mode.startswith("as:"):
        request.user = _stand_in(mode)  # type: ignore[assignment]
        request.looks_as = mode  # type: ignore[attr-defined]


def is_looking_as(request: Any) -> bool:
    """Whether the request is such a preview."""
    return hasattr(request, "looks_as")


def _stand_in(mode: str) -> Reader:
    if mode == VISITOR:
        return AnonymousUser()
    person: Any = get_user_model()(email="reader@example.com", first_name="A", last_name="reader")
    for cache in NO_PERMISSIONS:
        setattr(person, cache, set())
    billing.stand_in(person, plan=mode.removeprefix(CUSTOMER) if mode.startswith(CUSTOMER) else "")
    return person  # type: ignore[no-any-return]
