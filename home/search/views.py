"""``/search/``: a plain page, and the same results alone when htmx asks while the reader types."""

from dataclasses import dataclass
from http import HTTPStatus

from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home.gate.lists import mark_locked
from home.pages.articles import ArticlePage
from home.pages.base import SitePage
from home.pages.help import HelpPage
from home.rate_limits import within_limit
from home.search.queries import MAX_QUERY_LENGTH, MIN_QUERY_LENGTH, find_pages, tidy

RESULTS_PER_PAGE = 10
SEARCHES_PER_MINUTE = 60
KINDS = {ArticlePage: _("Article"), HelpPage: _("Help")}


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the results: nothing but what is public about the page."""

    title: str
    url: str
    summary: str
    kind: str
    locked: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything on the site."""
    return _answer(request, kind=SitePage, template="home/search/search.html")


@require_safe
def search_help(request: HttpRequest) -> HttpResponse:
    """Help pages only."""
    return _answer(request, kind=HelpPage, template="home/search/search_help.html")


def _answer(request: HttpRequest, *, kind: type[SitePage], template: str) -> HttpResponse:
    typed = request.GET.get("q", "")
    query = tidy(typed)
    context: dict[str, object] = {"query": query, "shortened": len(typed.strip()) > MAX_QUERY_LENGTH}
    status = HTTPStatus.OK
    if query and not within_limit(request, action="search", limit=SEARCHES_PER_MINUTE, seconds=60):
        context["too_many"], status = True, HTTPStatus.TOO_MANY_REQUESTS
    elif len(query) < MIN_QUERY_LENGTH:
        context["too_short"] = bool(query)
    else:
        context.update(_results(request, query, kind))
    wants_part = getattr(request, "htmx", False)
    response = render(
        request, "home/search/_results.html" if wants_part else template, context, status=status
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


def _results(request: HttpRequest, query: str, kind: type[SitePage]) -> dict[str, object]:
    site = Site.find_for_request(request)
    if site is None:
        raise Http404("No site answers at this address.")
    paginator = Paginator(find_pages(query, site=site, kind=kind), RESULTS_PER_PAGE)
    page: PageOfResults[SitePage] = paginator.get_page(request.GET.get("page"))
    results = [
        Result(
            title=item.title,
            url=item.get_url(request),
            summary=item.summary or item.search_description,
            kind=str(KINDS.get(item.specific_class, "")),
            locked=item.locked,
        )
        for item in mark_locked(page.object_list, request.user)
    ]
    return {"page_obj": page, "results": results, "total": paginator.count}
