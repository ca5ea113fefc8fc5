"""The customer's billing in one look."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing.catalog.cards import amount_in_words
from billing.catalog.models import Feature
from billing.catalog.money import format_money
from billing.checkout.attention import attention_for
from billing.checkout.leaving_settings import LeavingSettings
from billing.checkout.standing import used_of
from billing.credits.queries import balance
from billing.customers.models import StripeCustomer
from billing.entitlements.queries import current_subscription, customer_of, entitlements_for
from billing.entitlements.snapshot import Entitlements
from billing.gateway.errors import StripeFailure
from billing.gateway.portal import create_portal_session
from billing.invoices.queries import latest_of
from billing.limits import limited
from billing.redirects import safe_path, see_other
from billing.subscriptions.queries import had_subscription, live_subscription, planned_change

RECENT_INVOICES = 3
PORTAL_IS_SHUT = "The page for cards and invoices did not open."


@never_cache
@login_required
@require_POST
@limited("portal", per_minute=10, methods=frozenset({"POST"}))
def portal(request: HttpRequest) -> HttpResponse:
    """To Stripe's own page of cards, invoices, address and plan, or straight to one part of it (``flow``).

    ``back`` is the page of ours to come back to.
    """
    back = safe_path(request.POST.get("back", "")) or reverse("billing:overview")
    customer = customer_of(request.user)
    if customer is None or not customer.stripe_id:
        return redirect("billing:overview")
    running = live_subscription(customer)
    try:
        session = create_portal_session(
            customer_id=customer.stripe_id,
            return_url=f"{settings.SITE_URL}{back}",
            flow=request.POST.get("flow", ""),
            subscription_id=running.stripe_id if running else "",
        )
    except StripeFailure as failure:
        messages.error(request, f"{PORTAL_IS_SHUT} {failure.sentence}")
        return redirect(back)
    return see_other(session.url)


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Plan, status, next payment, and what needs attention; asks our own rows alone, never Stripe."""
    customer = customer_of(request.user)
    subscription = current_subscription(request.user)
    price = format_money(subscription.amount, subscription.currency, short=True) if subscription else ""
    entitlements = entitlements_for(request.user)
    features = _features(entitlements)
    context = {
        "subscription": subscription,
        "price": price,
        "planned": planned_change(subscription),
        "entitlements": entitlements,
        "features": [amount_in_words(feature, entitlements.features[feature.key]) for feature in features],
        "used": used_of(request.user, features, entitlements),
        "credits": balance(request.user) if customer else None,
        "is_customer": bool(customer and customer.stripe_id),
        "invoices": latest_of(request.user, count=RECENT_INVOICES),
        "win_back": _win_back(customer) if subscription is None else None,
        "attention": attention_for(request.user, subscription),
    }
    return render(request, "billing/overview.html", context)


def _features(entitlements: Entitlements) -> list[Feature]:
    return list(Feature.objects.filter(key__in=filter(entitlements.includes, entitlements.features)))


def _win_back(customer: StripeCustomer | None) -> LeavingSettings | None:
    """The words to somebody who had a plan and has none now."""
    return LeavingSettings.load() if customer and had_subscription(customer) else None
