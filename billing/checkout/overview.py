"""The customer's billing in one look."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.catalog.money import format_money
from billing.checkout.attention import attention_for
from billing.entitlements.queries import current_subscription, entitlements_for


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Plan, status, next payment, and what needs attention; asks our own rows alone, never Stripe."""
    subscription = current_subscription(request.user)
    price = format_money(subscription.amount, subscription.currency, short=True) if subscription else ""
    context = {
        "subscription": subscription,
        "price": price,
        "entitlements": entitlements_for(request.user),
        "attention": attention_for(request.user, subscription),
    }
    return render(request, "billing/overview.html", context)
