"""The Content-Security-Policy header: strict on the site, loosened by name for the admins."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN_PREFIXES = ("/admin/", "/django-admin/")
# Wagtail's admin writes style attributes from its own scripts (drag handles, editor); scripts stay strict.
ADMIN_CHANGES = {"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:", "blob:"]}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware with one more rule: the admins' policy by path."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Swap in the admins' directives, then let django-csp write the header."""
        if request.path.startswith(ADMIN_PREFIXES):
            response._csp_replace = ADMIN_CHANGES  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's documented seam
        return super().process_response(request, response)  # type: ignore[arg-type, return-value]
