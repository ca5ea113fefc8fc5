"""From one plan to another: the choice, what it brings, and the change."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.catalog.models import Price
from billing.checkout.changes import (
    ChangeRefused,
    change_plan,
    fully_known,
    is_there_already,
    take_back_change,
    why_not,
)
from billing.checkout.queries import NotOnSale, price_on_sale, subscription_of
from billing.checkout.quotes import quote, read_quote
from billing.gateway.errors import StripeFailure
from billing.invoices.queries import open_invoice_of
from billing.limits import limited
from billing.redirects import see_other
from billing.subscriptions.models import Subscription

NO_PLAN = "You have no plan to change yet. Choose one here."
SAME_PLAN = "That is the plan you have. Nothing was changed."
STALE = "The figures have changed since you looked. Here they are anew: please look again before you agree."
CONFIRM = "Your plan is changed. Your bank wants you to confirm the payment: please do it now."


@never_cache
@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Every plan on offer, with the customer's own marked; each leads to what the change would bring."""
    subscription = subscription_of(request.user)
    if subscription is None:
        messages.info(request, NO_PLAN)
        return redirect("/pricing/")
    context = {"subscription": subscription, "refusal": why_not(subscription)}
    return render(request, "billing/change/choose.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("change", per_minute=20, methods=frozenset({"GET", "POST"}))
def change(request: HttpRequest, plan: str) -> HttpResponse:
    """Show what the change brings and costs; a POST agrees to exactly that."""
    subscription = subscription_of(request.user)
    if subscription is None:
        return redirect("billing:checkout", plan=plan)
    try:
        price = price_on_sale(
            plan_key=plan, interval=_interval(request, subscription), currency=subscription.price.currency
        )
    except NotOnSale as refusal:
        return _refused(request, refusal.sentence, status=404)
    if is_there_already(subscription, price):
        messages.info(request, SAME_PLAN)
        return redirect("billing:overview")
    if request.method == "POST":
        return _agree(request, subscription, price)
    return _show(request, subscription, price)


@never_cache
@login_required
@require_POST
@limited("change", per_minute=20, methods=frozenset({"POST"}))
def take_back(request: HttpRequest) -> HttpResponse:
    """Keep the plan that a planned change would have replaced."""
    subscription = subscription_of(request.user)
    if subscription is None:
        return redirect("billing:overview")
    try:
        take_back_change(subscription=subscription)
    except StripeFailure as failure:
        messages.error(request, f"The change was not taken back. {failure.sentence}")
    else:
        messages.success(
            request, f"You keep {subscription.version.plan.name}. The planned change is taken back."
        )
    return see_other(reverse("billing:overview"))


def _interval(request: HttpRequest, subscription: Subscription) -> str:
    asked = request.POST.get("interval") or request.GET.get("interval") or ""
    return asked if asked in Price.Interval.values else subscription.price.interval


def _show(
    request: HttpRequest, subscription: Subscription, price: Price, *, status: int = 200
) -> HttpResponse:
    refusal = why_not(subscription)
    if refusal:
        return _refused(request, refusal, status=409)
    try:
        offered = quote(fully_known(subscription), price, user=request.user)
    except StripeFailure as failure:
        return _refused(request, failure.sentence, status=503)
    context = {"quote": offered, "subscription": subscription}
    return render(request, "billing/change/confirm.html", context, status=status)


def _agree(request: HttpRequest, subscription: Subscription, price: Price) -> HttpResponse:
    agreed = read_quote(request.POST.get("quote", ""))
    if agreed is None or (agreed.subscription_id, agreed.price_id) != (subscription.pk, price.pk):
        messages.warning(request, STALE)
        return _show(request, subscription, price, status=422)
    try:
        change_plan(subscription=subscription, price=price, agreed=agreed)
    except ChangeRefused as refusal:
        return _refused(request, refusal.sentence, status=409)
    except StripeFailure as failure:
        return _refused(request, f"Your plan is unchanged. {failure.sentence}", status=402)
    return _done(request, price)


def _done(request: HttpRequest, price: Price) -> HttpResponse:
    waiting = open_invoice_of(request.user)
    if waiting:
        messages.warning(request, CONFIRM)
        return see_other(reverse("billing:invoice", args=[waiting.pk]))
    messages.success(
        request, f"Done. Your billing shows what {price.version.plan.name} means for you, and when."
    )
    return see_other(reverse("billing:overview"))


def _refused(request: HttpRequest, text: str, *, status: int) -> HttpResponse:
    context = {"title": "Your plan was not changed", "text": text, "to_billing": status != 404}
    return render(request, "billing/notice.html", context, status=status)
