"""Closes whole parts of the site by their addresses, as ``BILLING_PROTECTED_PATHS`` lists them."""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from billing.entitlements.answers import refuse
from billing.entitlements.decisions import check

GetResponse = Callable[[HttpRequest], HttpResponse]


class ProtectedPathsMiddleware:
    """Asks for every feature whose pattern matches the path; costs nothing on a site that lists none.

    Patterns are searched in the path without its leading slash, as in Django's ``re_path``.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.protected = [(re.compile(pattern), key) for pattern, key in settings.BILLING_PROTECTED_PATHS]
        if not self.protected:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the site, or the refusal of the first feature that is missing."""
        path = request.path_info.removeprefix("/")
        for pattern, feature in self.protected:
            if pattern.search(path) and not (decision := check(request.user, feature)).allowed:
                return refuse(request, decision)
        return self.get_response(request)
