"""The billing history: a list, each invoice, its PDF, and the way to pay an open one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.gateway.documents import fetch_pdf
from billing.gateway.errors import StripeFailure
from billing.gateway.invoices import retrieve_invoice
from billing.invoices.models import Invoice
from billing.invoices.pay_links import invoice_of_link
from billing.invoices.queries import FILTERS, filtered, invoices_of, show, shown, years_of
from billing.invoices.services import refresh_invoices
from billing.limits import limited, slow_down, too_often
from billing.redirects import see_other

PER_PAGE = 24
NO_PDF = "The PDF did not come from our payment partner."
NO_PAGE = "The payment page did not open."


@never_cache
@login_required
@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """Everything that was ever billed, by state and year."""
    state, year = request.GET.get("state", ""), request.GET.get("year", "")
    page = Paginator(filtered(request.user, state=state, year=year), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page_obj": page,
        "invoices": shown(page),
        "states": [(key, label) for key, (label, _) in FILTERS.items()],
        "years": years_of(request.user),
        "state": state,
        "year": year,
    }
    return render(request, "billing/invoices/list.html", context)


@never_cache
@login_required
@require_safe
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """One invoice in full."""
    found = get_object_or_404(invoices_of(request.user), pk=pk)
    return render(request, "billing/invoices/invoice.html", {"invoice": show(found)})


@never_cache
@login_required
@require_safe
@limited("invoice-pdf", per_minute=30, methods=frozenset({"GET"}))
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF, through us: its address at Stripe opens for everybody who has it, so nobody is given it."""
    found = get_object_or_404(invoices_of(request.user).exclude(number=""), pk=pk)
    try:
        told = retrieve_invoice(invoice_id=found.stripe_id)
        content = fetch_pdf(told.invoice_pdf or "")
    except StripeFailure as failure:
        messages.error(request, f"{NO_PDF} {failure.sentence}")
        return redirect("billing:invoice", pk=found.pk)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="invoice-{found.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@login_required
@require_POST
@limited("invoice-pay", per_minute=10, methods=frozenset({"POST"}))
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """To Stripe's own page of the open invoice: any card, and the bank's confirmation where it wants one."""
    found = get_object_or_404(invoices_of(request.user), pk=pk)
    return _to_payment(request, found, back=reverse("billing:invoice", args=[found.pk]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The way to pay from a mail, without a sign-in: a GET shows the amount, a POST goes to Stripe's page."""
    found = invoice_of_link(token)
    if found is None:
        return render(request, "billing/invoices/pay_link.html", {"invoice": None}, status=410)
    if request.method == "POST":
        if too_often("pay-link", found.pk, per_minute=10):
            return slow_down(request)
        return _to_payment(request, found, back=request.path)
    return render(request, "billing/invoices/pay_link.html", {"invoice": show(found)})


def _to_payment(request: HttpRequest, found: Invoice, *, back: str) -> HttpResponse:
    try:
        told = retrieve_invoice(invoice_id=found.stripe_id)
        if told.status != found.status:  # paid in another tab, and the event is still on its way
            refresh_invoices(customer_id=found.customer_id)
    except StripeFailure as failure:
        messages.error(request, f"{NO_PAGE} {failure.sentence}")
        return redirect(back)
    if told.status != "open" or not told.hosted_invoice_url:
        messages.info(request, "There is nothing left to pay on this invoice.")
        return redirect(back)
    return see_other(told.hosted_invoice_url)
