"""Tells one reader from another without keeping who they are."""

from django.http import HttpRequest
from django.utils.crypto import get_random_string, salted_hmac

SESSION_KEY = "help_voter"


def known_voter(request: HttpRequest) -> str | None:
    """The reader's mark if they have one already; asking starts no session."""
    if request.user.is_authenticated:
        return _mark(f"user:{request.user.pk}")
    token = request.session.get(SESSION_KEY)
    return _mark(f"visitor:{token}") if token else None


def voter(request: HttpRequest) -> str:
    """The reader's mark; a visitor without one gets a random one that lasts as long as their session."""
    known = known_voter(request)
    if known is not None:
        return known
    token = request.session[SESSION_KEY] = get_random_string(32)
    return _mark(f"visitor:{token}")


def _mark(source: str) -> str:
    return salted_hmac("home.help_votes", source, algorithm="sha256").hexdigest()
