"""The Content-Security-Policy header: strict on the site, loosened by name for the admins."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN_PREFIXES = ("/admin/", "/django-admin/")
# Wagtail's admin writes style attributes from its own scripts (drag handles, editor), and starts its
# choosers, date fields and inline panels with script elements that carry no nonce. Handlers in attributes,
# the usual way in for injected markup, stay shut, and so do scripts from elsewhere.
ADMIN_CHANGES = {
    "style-src": [SELF, UNSAFE_INLINE],
    "script-src-elem": [SELF, UNSAFE_INLINE],
    "script-src-attr": [NONE],
    "img-src": [SELF, "data:", "blob:"],
}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware with one more rule: the admins' policy by path."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Swap in the admins' directives, then let django-csp write the header."""
        if request.path.startswith(ADMIN_PREFIXES):
            response._csp_replace = ADMIN_CHANGES  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's documented seam
        return super().process_response(request, response)  # type: ignore[arg-type, return-value]
