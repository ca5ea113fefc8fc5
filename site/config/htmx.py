"""What htmx needs of every answer: a redirect becomes a visit of the whole new page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase

Handler = Callable[[HttpRequest], HttpResponseBase]


class HtmxRedirectMiddleware:
    """Answer an htmx request that would be redirected with ``HX-Redirect``.

    The browser would follow a 302 by itself and hand htmx the next page to put into a corner of this
    one, and the messages of that page would be lost. Standing after django-htmx's own middleware, it
    lets a view treat both kinds of request the same.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass every other answer on as it is."""
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or not isinstance(response, HttpResponseRedirectBase):
            return response
        visit = HttpResponse(status=200, headers={"HX-Redirect": response.url})
        visit.cookies = response.cookies
        return visit
