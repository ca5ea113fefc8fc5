"""Where a customer takes their billing data with them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing.customers.models import StripeCustomer
from billing.entitlements.queries import customer_of
from billing.invoices.archives import ask_for_archive
from billing.invoices.exports import everything, invoices_as_csv
from billing.invoices.models import InvoiceArchive
from billing.limits import limited
from billing.redirects import see_other


@never_cache
@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """What can be taken along, and in which form."""
    customer = customer_of(request.user)
    newest = InvoiceArchive.objects.filter(customer=customer).first() if customer else None
    context = {"is_customer": customer is not None, "archive": newest}
    return render(request, "billing/invoices/export.html", context)


@never_cache
@login_required
@require_safe
@limited("export", per_minute=10, methods=frozenset({"GET"}))
def as_csv(request: HttpRequest) -> HttpResponse:
    """Every invoice, for a spreadsheet."""
    content = invoices_as_csv(_payer(request))
    headers = {"Content-Disposition": 'attachment; filename="invoices.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@never_cache
@login_required
@require_safe
@limited("export", per_minute=10, methods=frozenset({"GET"}))
def as_json(request: HttpRequest) -> HttpResponse:
    """Everything billing holds about this person."""
    headers = {"Content-Disposition": 'attachment; filename="billing.json"'}
    return JsonResponse(everything(_payer(request)), json_dumps_params={"indent": 2}, headers=headers)


@never_cache
@login_required
@require_POST
@limited("archive", per_minute=3, methods=frozenset({"POST"}))
def ask(request: HttpRequest) -> HttpResponse:
    """Have all PDFs packed; a notice tells when they are ready."""
    ask_for_archive(_payer(request))
    messages.success(request, "We are packing your invoices. A notice tells you when they are ready.")
    return see_other(reverse("billing:export"))


@never_cache
@login_required
@require_safe
def archive(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The packed file, for its owner alone."""
    theirs = InvoiceArchive.objects.filter(
        customer__user_id=request.user.pk, status=InvoiceArchive.Status.READY
    )
    found = get_object_or_404(theirs, reference=reference)
    return FileResponse(found.file.open(), as_attachment=True, filename="invoices.zip")


def _payer(request: HttpRequest) -> StripeCustomer:
    customer = customer_of(request.user)
    if customer is None:
        raise Http404("Billing holds nothing about this person.")
    return customer
