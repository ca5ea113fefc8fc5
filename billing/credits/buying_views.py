"""From a pack of credits to a paid one, and the settings for when they run low."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from billing.catalog.packs import CreditPack
from billing.credits.buying import NotForSale, buy_on_page, buy_with_card, settle_now
from billing.credits.care import save_settings
from billing.credits.forms import CreditSettingsForm
from billing.credits.orders import close_order, close_orders, order_number
from billing.credits.purchase_models import CreditPurchase, CreditSettings
from billing.credits.shop import shop_for
from billing.credits.telling import in_figures
from billing.credits.views import has_saved_card, late_purchases, payer_in_shop
from billing.credits.watching import tell_of_low_balance
from billing.credits.way_back import address_of_packs, way_back
from billing.customers.queries import currency_choice
from billing.customers.services import note_payer
from billing.gateway.errors import CardRefused, StripeFailure
from billing.limits import limited
from billing.redirects import see_other
from billing.refilling import refill

Status = CreditPurchase.Status
NOT_ON_SALE = "This pack is not on sale any more, or not in your currency. Here are those that are."


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("credits-buy", per_minute=10, methods=frozenset({"POST"}))
def buy(request: HttpRequest, pack: str) -> HttpResponse:
    """Show one pack; a POST buys it with the saved card, or goes to Stripe's page.

    The form's number makes a double click one order. Where Stripe did not answer nobody knows how it ended:
    the number stays, so that another try repeats it.
    """
    chosen = get_object_or_404(CreditPack, key=pack)
    if request.method != "POST":
        return _order(request, chosen)
    purchase_with = buy_with_card if request.POST.get("with") == "card" else buy_on_page
    try:
        purchase = purchase_with(
            user=request.user, pack=chosen, quantity=_quantity(request), reference=_reference(request)
        )
    except (NotForSale, StripeFailure) as refusal:
        messages.error(request, refusal.sentence)
        if isinstance(refusal, NotForSale | CardRefused):
            close_orders(request.session)
        return redirect(address_of_packs(request.session, currency=chosen.currency))
    if purchase.status == Status.OPEN and purchase.url:
        return see_other(purchase.url)
    return redirect("billing:credits_bought", reference=purchase.reference)


@never_cache
@login_required
@require_safe
@limited("credits-bought", per_minute=40, methods=frozenset({"GET"}))
def bought(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Where a purchase ends. The address proves nothing: what counts is what Stripe says was paid."""
    purchases = CreditPurchase.objects.filter(customer__user_id=request.user.pk).select_related(
        "customer", "pack"
    )
    purchase = get_object_or_404(purchases, reference=reference)
    if purchase.status != Status.PAID:
        try:
            settle_now(customer=purchase.customer)
        except StripeFailure as failure:
            messages.error(request, failure.sentence)
        purchase.refresh_from_db()
    if purchase.status != Status.OPEN:
        close_order(request.session, reference)
    context = {
        "purchase": purchase,
        "came_from": way_back(request.session),
        "packs_href": address_of_packs(request.session, currency=purchase.currency),
    }
    return render(request, "billing/credits/bought.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("credits-settings", per_minute=20, methods=frozenset({"POST"}))
def credit_settings(request: HttpRequest) -> HttpResponse:
    """When to be told, and what to buy when credits run low."""
    customer = note_payer(user=request.user)
    stored = CreditSettings.objects.filter(customer=customer).select_related("reload_pack")
    wanted = stored.first() or CreditSettings(customer=customer)
    shop = shop_for(currency_choice(customer))
    form = CreditSettingsForm(request.POST or None, instance=wanted, shop=shop)
    refill(form, request)
    if request.method == "POST" and form.is_valid():
        save_settings(form.filled())
        tell_of_low_balance(customer_id=customer.pk)
        messages.success(request, _saved(wanted))
        return redirect(address_of_packs(request.session))
    status = 422 if form.errors else 200
    return render(request, "billing/credits/settings.html", {"form": form, "wanted": wanted}, status=status)


def _order(request: HttpRequest, pack: CreditPack) -> HttpResponse:
    """One pack, to be bought, for somebody who chose it on the pricing page and may have just signed up."""
    customer = payer_in_shop(request)
    if pack not in shop_for(currency_choice(customer), asked=pack.currency).packs:
        messages.info(request, NOT_ON_SALE)
        return redirect(address_of_packs(request.session, currency=pack.currency))
    number = order_number(request.session, pack)
    context = {"packs": [(pack, number)], "has_card": has_saved_card(customer, late_purchases(customer))}
    return render(request, "billing/credits/buy.html", context)


def _saved(wanted: CreditSettings) -> str:
    if wanted.reload_on:
        return (
            f"Saved. When fewer than {in_figures(wanted.reload_below)} credits are left, we buy more for you."
        )
    return "Saved. Nothing is bought for you."


def _quantity(request: HttpRequest) -> int:
    told = request.POST.get("quantity", "1")
    return int(told) if told.isdecimal() and len(told) < 4 else 0


def _reference(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("reference", ""))
    except ValueError:
        raise NotForSale("This form is too old. Please choose again.") from None
