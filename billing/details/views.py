"""The page of what stands on invoices, and its forms."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from billing.catalog.pricing import currencies_on_sale
from billing.customers.details import details_of
from billing.customers.models import StripeCustomer
from billing.customers.queries import currency_choice
from billing.details.forms import DetailsForm, RefusableForm, TaxNumberForm
from billing.details.services import add_tax_number, remove_tax_number, save_details
from billing.entitlements.queries import customer_of
from billing.gateway.errors import StripeFailure, StripeUnavailable
from billing.limits import limited
from billing.redirects import see_other
from billing.refilling import refill
from billing.subscriptions.queries import live_subscription
from billing.subscriptions.services import reconcile_customer

POST = frozenset({"POST"})
MOST_TAX_IDS = 5
NOTHING_CHANGED = "Nothing has changed."
TOO_MANY = f"There can be {MOST_TAX_IDS} tax numbers at most. Remove one, or put the new one in its place."


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("billing-settings", per_minute=20, methods=POST)
def billing_settings(request: HttpRequest) -> HttpResponse:
    """Name, address, mail and currency; a GET asks our own rows alone."""
    if request.method != "POST":
        return _page(request)
    form = _details_form(request, request.POST)
    return _save(
        request,
        form,
        lambda: save_details(user=request.user, wanted=form.wanted()),
        said="Saved. It stands on your invoices from the next one on.",
        page=lambda status: _page(request, details_form=form, status=status),
    )


@never_cache
@login_required
@require_POST
@limited("billing-settings", per_minute=20, methods=POST)
def add_tax_id(request: HttpRequest) -> HttpResponse:
    """Another tax number, or one in place of another."""
    form = _tax_form(request, request.POST)
    present = details_of(customer_of(request.user), email="").tax_numbers
    if form.is_valid() and len(present) >= MOST_TAX_IDS and not form.cleaned_data.get("replaces"):
        form.add_error(None, TOO_MANY)
    return _save(
        request,
        form,
        lambda: add_tax_number(user=request.user, **form.cleaned_data),
        said="Saved. The tax number stands on your invoices from the next one on.",
        page=lambda status: _page(request, tax_form=form, status=status),
    )


@never_cache
@login_required
@require_POST
@limited("billing-settings", per_minute=20, methods=POST)
def remove_tax_id(request: HttpRequest, tax_id: str) -> HttpResponse:
    """Take one of the person's own tax numbers off."""
    customer = customer_of(request.user)
    present = {number.stripe_id for number in details_of(customer, email="").tax_numbers}
    if customer is None or tax_id not in present:
        raise Http404("This person has no such tax number.")
    try:
        remove_tax_number(customer=customer, tax_id=tax_id)
    except StripeFailure as failure:
        messages.error(request, f"{NOTHING_CHANGED} {failure.sentence}")
    else:
        _catch_up(customer)
        messages.success(request, "Removed. It does not stand on your next invoice.")
    return see_other(reverse("billing:settings"))


def _save(
    request: HttpRequest,
    form: RefusableForm,
    write: Callable[[], StripeCustomer],
    *,
    said: str,
    page: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Write what is valid and look again; else the same page, with what was typed and what is wrong."""
    if not form.is_valid():
        return page(422)
    try:
        customer = write()
    except StripeFailure as failure:
        form.refuse(failure)
        return page(503 if isinstance(failure, StripeUnavailable) else 422)
    _catch_up(customer)
    messages.success(request, said)
    return see_other(reverse("billing:settings"))


def _catch_up(customer: StripeCustomer) -> None:
    """Read Stripe's truth now instead of waiting for its event, which comes anyway."""
    try:
        reconcile_customer(customer_id=customer.pk)
    except StripeFailure:
        return


def _page(
    request: HttpRequest,
    *,
    details_form: DetailsForm | None = None,
    tax_form: TaxNumberForm | None = None,
    status: int = 200,
) -> HttpResponse:
    customer = customer_of(request.user)
    context = {
        "form": details_form or _details_form(request, None),
        "tax_form": tax_form or _tax_form(request, None),
        "tax_numbers": details_of(customer, email="").tax_numbers,
        "is_customer": bool(customer and customer.stripe_id),
        "has_plan": bool(customer and live_subscription(customer)),
    }
    return render(request, "billing/settings.html", context, status=status)


def _details_form(request: HttpRequest, data: Any) -> DetailsForm:
    user: Any = request.user
    customer = customer_of(user)
    details = details_of(customer, email=user.email)
    form = DetailsForm(
        data, details=details, currency=currency_choice(customer), on_sale=currencies_on_sale()
    )
    refill(form, request)
    return form


def _tax_form(request: HttpRequest, data: Any) -> TaxNumberForm:
    present = details_of(customer_of(request.user), email="").tax_numbers
    form = TaxNumberForm(data, present=present)
    refill(form, request)
    return form
