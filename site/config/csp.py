"""The Content-Security-Policy header: strict on the site, loosened by name for the admins."""

from csp.constants import HEADER, SELF, UNSAFE_INLINE
from csp.middleware import CheckableLazyObject, CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN_PREFIXES = ("/admin/", "/django-admin/")
# Wagtail's admin writes style attributes from its own scripts (drag handles, editor); scripts stay strict.
ADMIN_CHANGES = {"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:", "blob:"]}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware with two more rules: the admins' policy by path, and a memory.

    An answer without a wish and a nonce of its own gets the policy that the first such answer got:
    django-csp would put the same words together anew, which takes longer than handing out a kept page.
    """

    _usual = ""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Swap in the admins' directives, then let django-csp write the header, or write the usual one."""
        if request.path.startswith(ADMIN_PREFIXES):
            response._csp_replace = ADMIN_CHANGES  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's documented seam
        is_usual = _is_usual(request, response)
        if is_usual and self._usual:
            response[HEADER] = self._usual
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
            return response
        response = super().process_response(request, response)  # type: ignore[arg-type, assignment]
        if is_usual:
            self._usual = response.get(HEADER, "")
        return response


def _is_usual(request: HttpRequest, response: HttpResponseBase) -> bool:
    if response.status_code != 200 or getattr(request, "_csp_nonce", None) or HEADER in response:
        return False
    return not any(name.startswith("_csp") for name in response.__dict__)
