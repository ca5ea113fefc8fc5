"""The only doors into the two admins: allauth's sign-in, and the second factor on top of it."""

from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from members.models import CustomUser

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Stand where Wagtail's own sign-in stood: nothing posted here is read, so no password can skip MFA."""
    return _enter(request, home=reverse("wagtailadmin_home"), allowed=_may_edit(request))


@never_cache
def superuser_login(request: HttpRequest) -> HttpResponse:
    """The same for Django's admin, which is for superusers only."""
    allowed = isinstance(request.user, CustomUser) and request.user.is_superuser
    return _enter(request, home=reverse("admin:index"), allowed=allowed)


@never_cache
def members_login(request: HttpRequest) -> HttpResponse:
    """The same for pages that Wagtail shows to signed-in people only."""
    return _enter(request, home=settings.LOGIN_REDIRECT_URL, allowed=request.user.is_authenticated)


def _may_edit(request: HttpRequest) -> bool:
    return isinstance(request.user, CustomUser) and request.user.may_enter_admin


def _enter(request: HttpRequest, *, home: str, allowed: bool) -> HttpResponse:
    if request.user.is_authenticated and not allowed:
        return render(request, "members/admin_refused.html", status=403)
    way_back = _safe(request, request.GET.get("next")) or home
    if allowed:
        return HttpResponseRedirect(way_back)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': way_back})}")


def _safe(request: HttpRequest, url: str | None) -> str | None:
    hosts = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, hosts, require_https=request.is_secure()) else None


def missing_second_factor(request: HttpRequest, user: CustomUser) -> HttpResponse | None:
    """The detour this session has to take before an admin opens to it; ``None`` when it may pass.

    Somebody who has a second factor must have used it in this session, however the session began. Somebody
    who has none is sent to set one up where ``REQUIRE_ADMIN_MFA`` says so.
    """
    if used_second_factor(request, user):
        return None
    types = set(
        Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).values_list("type", flat=True)
    )
    if types:
        return _prove_again(request, types)
    return _set_up(request) if settings.REQUIRE_ADMIN_MFA else None


def used_second_factor(request: HttpRequest, user: CustomUser) -> bool:
    """Whether this session was opened, or confirmed later, with a second factor or a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def _prove_again(request: HttpRequest, types: set[str]) -> HttpResponse:
    by_code = Authenticator.Type.TOTP in types
    page = "mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn"
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")


def _set_up(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request,
        "The admin needs two-factor sign-in, so that a stolen password is not enough. "
        "Set up an authenticator app or a passkey here, then open the admin again.",
    )
    return HttpResponseRedirect(reverse("mfa_index"))
