"""Ways to another page after a POST, and the check that a path stays on this site."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

SEE_OTHER = 303
LONGEST_PATH = 2000


def see_other(url: str) -> HttpResponse:
    """Go on with a GET, whatever the method was that led here."""
    return HttpResponseRedirect(url, status=SEE_OTHER)


def safe_path(path: str) -> str:
    """``path`` if it leads to a page of this site, else nothing."""
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe and len(path) <= LONGEST_PATH else ""
