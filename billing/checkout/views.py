"""From the choice of a plan to Stripe's page, and back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from billing.catalog.currencies import DECIMALS
from billing.catalog.models import Price
from billing.checkout.models import CheckoutAttempt
from billing.checkout.offer import offer_for
from billing.checkout.queries import NotOnSale, attempt_of, choice_path, price_for
from billing.checkout.services import AlreadySubscribed, ReplacedMeanwhile, refresh_attempts, start_checkout
from billing.customers.queries import currency_choice
from billing.entitlements.queries import current_subscription, customer_of
from billing.gateway.errors import StripeFailure
from billing.invoices.services import refresh_invoices
from billing.limits import limited
from billing.redirects import safe_path, see_other
from billing.subscriptions.services import reconcile_customer

NOT_IN_THIS_CURRENCY = "This plan is not sold in the currency you chose."
HAVE_ONE_ALREADY = "You have a plan already, so there is nothing to buy. Here is where you look after it."


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("checkout", per_minute=10, methods=frozenset({"POST"}))
def checkout(request: HttpRequest, plan: str) -> HttpResponse:
    """Show what is about to be bought; a POST goes to Stripe's page, where it is paid."""
    try:
        price = price_for(
            request.user, plan_key=plan, interval=_interval(request), currency=_currency(request)
        )
    except NotOnSale as refusal:
        return _notice(request, "This plan cannot be bought", refusal.sentence, status=404)
    if current_subscription(request.user):
        return see_other(f"{reverse('billing:change', args=[plan])}?interval={price.interval}")
    if request.method == "POST":
        return _go_to_stripe(request, price)
    return _confirm(request, price, safe_path(request.GET.get("next", "")))


@never_cache
@login_required
@require_GET
@limited("success", per_minute=40, methods=frozenset({"GET"}))
def success(request: HttpRequest) -> HttpResponse:
    """Where Stripe sends a customer who paid. The address proves nothing: what counts is what Stripe answers.

    htmx asks the same address again, and gets the part of the page that changes, until the plan is there.
    """
    attempt = attempt_of(user=request.user, session_id=request.GET.get("session_id", ""))
    if attempt is None:
        raise Http404("No checkout of this person has that session.")
    _catch_up(attempt)
    subscription = current_subscription(request.user)
    context = {
        "subscription": subscription,
        "attempt": attempt,
        "tries": _tries(request),
        "choice_path": choice_path(attempt),
    }
    htmx = "HX-Request" in request.headers
    return render(request, "billing/_success.html" if htmx else "billing/success.html", context)


def _interval(request: HttpRequest) -> str:
    asked = request.POST.get("interval") or request.GET.get("interval") or ""
    return asked if asked in Price.Interval.values else Price.Interval.MONTH.value


def _currency(request: HttpRequest) -> str:
    asked = (request.POST.get("currency") or request.GET.get("currency") or "").upper()
    return asked if asked in DECIMALS else ""


def _held_by(request: HttpRequest, price: Price) -> str:
    """Why the price is not in the currency that was asked for."""
    if _currency(request) in {"", price.currency}:
        return ""
    return currency_choice(customer_of(request.user)).held_by or NOT_IN_THIS_CURRENCY


def _confirm(request: HttpRequest, price: Price, return_path: str, problem: str = "") -> HttpResponse:
    """What is about to be bought; after a ``problem`` the same, with what was chosen, to be tried again."""
    context = {
        "offer": offer_for(price, user=request.user),
        "held_by": _held_by(request, price),
        "cancelled": request.GET.get("cancelled") == "1",
        "next": return_path,
        "problem": problem,
    }
    return render(request, "billing/checkout.html", context, status=503 if problem else 200)


def _go_to_stripe(request: HttpRequest, price: Price) -> HttpResponse:
    return_path = safe_path(request.POST.get("next", ""))
    try:
        attempt = start_checkout(user=request.user, price=price, return_path=return_path)
    except AlreadySubscribed:
        return _to_overview(request)
    except ReplacedMeanwhile:
        sentence = "You began another checkout in another tab. Go on there, or choose the plan again here."
        return _notice(request, "Another checkout is open", sentence, status=409)
    except StripeFailure as failure:
        return _confirm(request, price, return_path, problem=failure.sentence)
    return see_other(attempt.url)


def _catch_up(attempt: CheckoutAttempt) -> None:
    """Read Stripe's truth now instead of waiting for its event; if Stripe is silent, the page asks again."""
    try:
        refresh_attempts(customer_id=attempt.customer_id)
        reconcile_customer(customer_id=attempt.customer_id)
        refresh_invoices(customer_id=attempt.customer_id)
    except StripeFailure:
        return
    attempt.refresh_from_db()


def _tries(request: HttpRequest) -> int:
    told = request.GET.get("tries", "0")
    return int(told) + 1 if told.isdecimal() and len(told) < 4 else 1


def _to_overview(request: HttpRequest) -> HttpResponse:
    messages.info(request, HAVE_ONE_ALREADY)
    return see_other(reverse("billing:overview"))


def _notice(request: HttpRequest, title: str, text: str, *, status: int) -> HttpResponse:
    return render(request, "billing/notice.html", {"title": title, "text": text}, status=status)
