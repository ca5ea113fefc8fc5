"""Settings that are easily set wrong and hard to notice: each becomes a message of ``manage.py check``."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.urls import Resolver404, resolve, reverse

from members import admin_access

OWN_BACKEND = "members.backends.MemberBackend"
DOORS = {
    "wagtailadmin_login": admin_access.admin_login,
    "wagtailcore_login": admin_access.members_login,
}


@register(Tags.security)
def only_one_way_to_sign_in(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Wagtail's sign-in pages take a password and ask for no second factor, so they must not be reachable."""
    return [
        Error(
            f"{reverse(name)} reaches a sign-in page that asks for no second factor.",
            hint="Keep `members.admin_urls` above Wagtail's own addresses in config/urls.py.",
            id="members.E001",
        )
        for name, view in DOORS.items()
        if not _leads_to(reverse(name), view)
    ]


def _leads_to(address: str, view: Any) -> bool:
    try:
        return resolve(address).func is view
    except Resolver404:
        return False


@register(Tags.security)
def one_backend(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A second backend that takes passwords would sign in people whose address nobody verified."""
    if settings.AUTHENTICATION_BACKENDS == [OWN_BACKEND]:
        return []
    return [
        Error(
            f"AUTHENTICATION_BACKENDS should be [{OWN_BACKEND!r}] and nothing else.",
            hint="Another backend loads the user without the billing customer and may skip allauth's rules.",
            id="members.E002",
        )
    ]


@register(Tags.security, deploy=True)
def shared_rate_limits(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Rate limits count in the cache; with a cache per process each process counts for itself."""
    if "locmem" not in str(settings.CACHES["default"]["BACKEND"]):
        return []
    return [
        Caution(
            "Each process counts sign-in rate limits alone: N processes allow N times as many tries.",
            hint="Set REDIS_URL, so that every process counts in one place.",
            id="members.W001",
        )
    ]


@register(Tags.security, deploy=True)
def passkeys_need_https(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Browsers offer passkeys on https only, and the server must insist on it too."""
    if not getattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False):
        return []
    return [
        Error(
            "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN is on: passkeys would be accepted from any address.",
            hint="Leave it to the local settings.",
            id="members.E003",
        )
    ]


@register(Tags.security, deploy=True)
def admins_use_a_second_factor(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A stolen password should not be enough to change plans and prices."""
    if settings.REQUIRE_ADMIN_MFA:
        return []
    return [
        Caution(
            "REQUIRE_ADMIN_MFA is off: an admin's password alone opens the admin.",
            hint="Take REQUIRE_ADMIN_MFA out of the environment; in production it is on by default.",
            id="members.W002",
        )
    ]
