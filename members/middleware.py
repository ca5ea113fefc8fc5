"""What happens around every view: the second factor of admins, and last-seen times."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from members.admin_access import missing_second_factor
from members.models import CustomUser

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST_SEEN_EVERY = timedelta(minutes=5)
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


def _is_due(session_key: str | None) -> bool:
    return cache.add(f"members:seen:{session_key}", True, timeout=LAST_SEEN_EVERY.total_seconds())
