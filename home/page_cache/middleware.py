"""Takes a page from the shelf, or lets it be made and puts it there."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control, patch_vary_headers

from billing import api as billing
from home.gate.quota import is_reading
from home.gate.tally import tally
from home.gate.traced import pages_looked_up
from home.page_cache import cookie, shelf
from home.page_cache.classes import VISITOR, Reader, Told
from home.page_cache.readers import UNKNOWN, readers
from home.page_cache.shelf import Kept, Place
from home.page_cache.storing import kept_from
from home.page_cache.watch import Mark, watch

Handler = Callable[[HttpRequest], HttpResponseBase]


class PageCacheMiddleware:
    """Stands before the session: a page that is found needs neither a session nor a query.

    It stands after the security policy's middleware, which gives every answer a nonce of its own.
    """

    def __init__(self, get_response: Handler) -> None:
        if not settings.PAGE_CACHE:
            raise MiddlewareNotUsed("PAGE_CACHE is off.")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from the shelf where the request is a plain look at a page by a reader of a known class."""
        place, since = shelf.place_of(request), watch.mark()
        if place is None or since is None:
            return self.get_response(request)
        reader = readers.of(request)
        if reader is UNKNOWN:
            return _learnt(self.get_response(request), request, since)
        page = shelf.find(since.generation, place, reader)
        if page is not None:
            return _handed_out(page, request)
        return self._made(request, place, reader, since)

    def _made(self, request: HttpRequest, place: Place, reader: Reader, since: Mark) -> HttpResponseBase:
        """Let the page be made as its class sees it, and keep it where its answers say whose it is."""
        request.is_shared = is_page = _is_page(request)  # type: ignore[attr-defined]
        if not is_page:
            return self.get_response(request)
        with billing.answers_given() as answers, pages_looked_up() as bought:
            response = self.get_response(request)
        if reader is not VISITOR:
            patch_cache_control(response, private=True)
            patch_vary_headers(response, ["Cookie"])
        told = Told(answers, bought)
        page = kept_from(request, response, reader, told)
        if page is not None:
            shelf.put(since.generation, place, reader, told.questions, page)
        return response


def _is_page(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name == "wagtail_serve"
    except Resolver404:
        return False


def _handed_out(page: Kept, request: HttpRequest) -> HttpResponseBase:
    if page.is_gated and is_reading(request):
        tally.count(page.page_id, "views")
        if page.was_refused:
            tally.count(page.page_id, "refusals")
    return shelf.hand_out(page, request)


def _learnt(response: HttpResponseBase, request: HttpRequest, since: Mark) -> HttpResponseBase:
    """Remember a member whose request went the long way; the cookie makes their next one short."""
    person: Any = getattr(request, "_cached_user", None)  # set where somebody looked at ``request.user``
    if person is None:
        return response
    if not person.is_authenticated:
        if cookie.NAME in request.COOKIES:
            cookie.drop(response)
        return response
    if settings.SESSION_COOKIE_NAME in response.cookies or person.has_perm("wagtailadmin.access_admin"):
        return response
    standing = readers.learn(person, since)
    if standing:
        cookie.write(request, response, cookie.Word(person.pk, standing.stamp))
    return response
