"""What happens around every view: the second factor of admins, last-seen times, the way back to a form."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, SESSION_KEY
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.http import url_has_allowed_host_and_scheme

from members.admin_access import missing_second_factor
from members.models import CustomUser
from members.unsent import give_back, keep

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST_SEEN_EVERY = timedelta(minutes=5)
SIGNED_OUT = "You were signed out meanwhile, so nothing was done. Sign in, and you are back where you were."
AND_TYPED = f"{SIGNED_OUT[:-1]}, with what you typed."
OPEN_ADMIN_PAGES = ("wagtailadmin_login", "wagtailadmin_logout", "admin:login", "admin:logout")


class AdminSecondFactorMiddleware:
    """Guards the addresses of both admins as a whole, whatever views are added below them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send an admin without a used second factor on the detour that gets one."""
        user = request.user
        if self._guards(request.path) and isinstance(user, CustomUser) and user.may_enter_admin:
            detour = missing_second_factor(request, user)
            if detour:
                return detour
        return self.get_response(request)

    def _guards(self, path: str) -> bool:
        return path.startswith(self._admins) and path not in self._open

    @cached_property
    def _admins(self) -> tuple[str, ...]:
        return (reverse("wagtailadmin_home"), reverse("admin:index"))

    @cached_property
    def _open(self) -> set[str]:
        return {reverse(name) for name in OPEN_ADMIN_PAGES}


class LastSeenMiddleware:
    """Notes when a session was last used: every few minutes, where allauth would write on every request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Update the session's row when its last note is old enough.

        Only where the page itself looked at the session: one that needs nobody's session stays without query.
        """
        response = self.get_response(request)
        session = request.session
        if session.accessed and SESSION_KEY in session and _is_due(session.session_key):
            UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
        return response


class BackToTheFormMiddleware:
    """Leads who sent a form after their session was over back to the page it stands on, once they signed in.

    Where it was sent may take nothing but forms, and the page's own address holds what was chosen on the way.
    What they typed waits for them as ``request.typed_before``, which views read by ``billing.refilling``.
    Stands where it sees a redirect before htmx's middleware does.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Change where the detour through sign-in ends, and say what happened."""
        request.typed_before = SimpleLazyObject(lambda: give_back(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.method == "POST" and _asks_to_sign_in(response, request):
            page = _page_of_the_form(request)
            is_kept = keep(request, page=urlsplit(page).path or request.path)
            messages.info(request, AND_TYPED if is_kept else SIGNED_OUT)
            if page:
                query = urlencode({REDIRECT_FIELD_NAME: page})
                response["Location"] = f"{resolve_url(settings.LOGIN_URL)}?{query}"
        return response


def _asks_to_sign_in(response: HttpResponse, request: HttpRequest) -> bool:
    if not isinstance(response, HttpResponseRedirectBase):
        return False
    target = urlsplit(response.url)
    back = parse_qs(target.query).get(REDIRECT_FIELD_NAME)
    return target.path == resolve_url(settings.LOGIN_URL) and back == [request.get_full_path()]


def _page_of_the_form(request: HttpRequest) -> str:
    """Path and query of the page that the browser names; empty where it names none of this site."""
    named = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(named, allowed_hosts={request.get_host()}):
        return ""
    return urlsplit(named)._replace(scheme="", netloc="", fragment="").geturl()


def _is_due(session_key: str | None) -> bool:
    return cache.add(f"members:seen:{session_key}", True, timeout=LAST_SEEN_EVERY.total_seconds())
