"""Counts what one address asks for, so that nobody can flood a form or the search."""

import ipaddress
from time import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def within_limit(request: HttpRequest, *, action: str, limit: int, seconds: int) -> bool:
    """Count this request; False once ``limit`` is passed inside the current window of ``seconds``.

    The address is kept as a keyed hash only, and no longer than the window.
    """
    source = salted_hmac("home.rate_limits", _network(request)).hexdigest()
    key = f"rate-limit:{action}:{source}:{int(time() // seconds)}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # thrown out of a full cache between the two lines
        return True


def _network(request: HttpRequest) -> str:
    """The client's address; of IPv6 the /64, because one household owns all of it."""
    address = get_adapter(request).get_client_ip(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return str(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
