"""The page of payment methods; the details are typed in on Stripe's own page alone."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing.checkout.methods import (
    MethodRefused,
    NotTheirs,
    make_default,
    methods_of,
    remove_method,
    take_new_method,
)
from billing.customers.models import StripeCustomer
from billing.customers.queries import currency_choice
from billing.entitlements.queries import customer_of
from billing.gateway.errors import StripeFailure
from billing.gateway.payment_methods import create_setup_session
from billing.invoices.queries import open_invoice_of
from billing.limits import limited
from billing.redirects import see_other


@never_cache
@login_required
@require_safe
@limited("methods", per_minute=30, methods=frozenset({"GET"}))
def methods(request: HttpRequest) -> HttpResponse:
    """Every way this person pays, as Stripe has it now."""
    customer = customer_of(request.user)
    context: dict[str, object] = {"methods": [], "failure": "", "open_invoice": open_invoice_of(request.user)}
    if customer and customer.stripe_id:
        try:
            context["methods"] = methods_of(customer, today=timezone.now().date())
        except StripeFailure as failure:
            context["failure"] = failure.sentence
    return render(request, "billing/methods.html", context)


@never_cache
@login_required
@require_POST
@limited("add-method", per_minute=10, methods=frozenset({"POST"}))
def add(request: HttpRequest) -> HttpResponse:
    """To Stripe's page for another payment method."""
    customer = customer_of(request.user)
    if customer is None or not customer.stripe_id:
        messages.info(request, "You give us a payment method with your first plan. Choose one here.")
        return redirect("/pricing/")
    here = f"{settings.SITE_URL}{reverse('billing:methods')}"
    try:
        session = create_setup_session(
            customer_id=customer.stripe_id,
            currency=currency_choice(customer).current,
            success_url=f"{settings.SITE_URL}{reverse('billing:method_added')}?session_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=here,
        )
    except StripeFailure as failure:
        messages.error(request, f"The page for a new payment method did not open. {failure.sentence}")
        return redirect("billing:methods")
    return see_other(session.url or here)


@never_cache
@login_required
@require_safe
@limited("method-added", per_minute=20, methods=frozenset({"GET"}))
def added(request: HttpRequest) -> HttpResponse:
    """Where Stripe sends back who added a method: it counts from now on. Repeating it changes nothing."""
    session_id = request.GET.get("session_id", "")
    return _then_back(request, lambda customer: _take(request, customer, session_id))


@never_cache
@login_required
@require_POST
@limited("methods-post", per_minute=20, methods=frozenset({"POST"}))
def default(request: HttpRequest, method: str) -> HttpResponse:
    """Pay with this one from now on."""

    def do(customer: StripeCustomer) -> None:
        make_default(customer, method_id=method)
        messages.success(request, "From now on we collect with this payment method.")

    return _then_back(request, do)


@never_cache
@login_required
@require_POST
@limited("methods-post", per_minute=20, methods=frozenset({"POST"}))
def remove(request: HttpRequest, method: str) -> HttpResponse:
    """Forget this one."""

    def do(customer: StripeCustomer) -> None:
        remove_method(customer, method_id=method)
        messages.success(request, "The payment method is removed.")

    return _then_back(request, do)


def _take(request: HttpRequest, customer: StripeCustomer, session_id: str) -> None:
    if take_new_method(customer, session_id=session_id):
        messages.success(
            request, "Your new payment method is saved, and your plan is paid with it from now on."
        )
    else:
        messages.info(request, "No payment method was added, so nothing has changed.")


def _then_back(request: HttpRequest, do: Callable[[StripeCustomer], None]) -> HttpResponse:
    """Do it for the person's own payer and go back to the list, with a sentence where it did not work."""
    customer = customer_of(request.user)
    if customer is None or not customer.stripe_id:
        raise Http404("This person has no payment methods.")
    try:
        do(customer)
    except NotTheirs as error:
        raise Http404("This person has no such payment method.") from error
    except MethodRefused as refusal:
        messages.warning(request, refusal.sentence)
    except StripeFailure as failure:
        if failure.code == "resource_missing":
            raise Http404("Stripe knows nothing of that name.") from failure
        messages.error(request, f"Nothing has changed. {failure.sentence}")
    return see_other(reverse("billing:methods"))
