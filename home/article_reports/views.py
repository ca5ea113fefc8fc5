"""``/reports/``: what a report takes, the one button that orders it, what was ordered, and the files."""

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from billing import api as billing
from home.article_reports.making import readable_page
from home.article_reports.models import KEPT, ArticleReport
from home.article_reports.ordering import OrderRefused, order_report
from home.article_reports.parts import leaves_out
from home.article_reports.pricing import NotOnOffer, Quote, quote_for
from home.article_reports.queries import reports_of
from home.gate.unlock_views import TOP_UP
from home.pages.articles import ArticlePage
from home.rate_limits import within_limit

ORDERS_PER_MINUTE = 20
LONGEST_PRICE = 20
TOO_OLD = "This form is too old. Nothing was spent; please look again."


@never_cache
@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What the reader ordered and what became of it; htmx asks for the list alone while something is made."""
    found = reports_of(request.user)
    context = {
        "reports": found,
        "is_busy": any(report.is_under_way for report in found),
        "kept_days": KEPT.days,
    }
    part = "HX-Request" in request.headers and request.headers.get("HX-Target") == "reports"
    return render(request, "home/reports/_list.html" if part else "home/reports/list.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask, then order. Who may not have one, or has too few credits, is told what would help: 402."""
    page = readable_page(page_id, request.user)
    if page is None:
        raise Http404("No article at this address can be made into a report.")
    try:
        return _order(request, page) if request.method == "POST" else _ask(request, page)
    except NotOnOffer as refusal:
        return billing.refuse(request, refusal.decision)
    except billing.UnknownFeature as error:
        raise Http404("This site makes no reports.") from error


@never_cache
@login_required
@require_safe
def file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file, for its owner alone: nobody else's exists here."""
    ready = ArticleReport.objects.filter(reader=request.user.pk, state=ArticleReport.State.READY)
    report = get_object_or_404(ready, key=key)
    name = f"{slugify(report.page_title)[:60] or 'report'}.pdf"
    try:
        content = report.file.open("rb")
    except FileNotFoundError:
        raise Http404("The file of this report is gone.") from None
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _order(request: HttpRequest, page: ArticlePage) -> HttpResponse:
    if not within_limit(request, action="report", limit=ORDERS_PER_MINUTE, seconds=60):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    key, agreed = _key(request), _agreed(request)
    if key is None or agreed is None:
        return _ask(request, page, trouble=TOO_OLD)
    try:
        order_report(page=page, reader=request.user, key=key, agreed=agreed)
    except billing.InsufficientCredits as missing:
        decision = quote_for(request.user).decision
        return billing.refuse_short(request, decision, missing, came_from=request.path)
    except (OrderRefused, billing.CreditsRefused) as refused:
        return _ask(request, page, trouble=refused.sentence)
    messages.success(request, f"“{page.title}” is ordered. It is ready in a moment.")
    return redirect("home:reports")


def _ask(request: HttpRequest, page: ArticlePage, *, trouble: str = "") -> HttpResponse:
    quote = quote_for(request.user)
    context = {
        "article": page,
        "address": page.get_url(request),
        "key": uuid4(),
        "quote": quote,
        "words": _in_words(quote),
        "kept_days": KEPT.days,
        "leaves_out": leaves_out(page, request.user),
        "trouble": trouble,
        "top_up": TOP_UP,
    }
    part = "HX-Request" in request.headers
    template = "home/reports/_order.html" if part else "home/reports/order.html"
    return render(request, template, context, status=HTTPStatus.CONFLICT if trouble else HTTPStatus.OK)


def _in_words(quote: Quote) -> dict[str, str]:
    amounts = {"price": quote.price, "available": quote.available, "left": quote.left}
    return {name: billing.credits_in_words(amount) for name, amount in amounts.items()}


def _key(request: HttpRequest) -> UUID | None:
    """The number of the form, which makes a second click the same order."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _agreed(request: HttpRequest) -> Decimal | None:
    """The price on the button that was pressed; nothing for what is no price."""
    try:
        told = Decimal(request.POST.get("price", "")[:LONGEST_PRICE])
    except InvalidOperation:
        return None
    return told if told.is_finite() else None
