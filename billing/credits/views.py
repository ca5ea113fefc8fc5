"""A customer's credits: what there is, where it came from, where it went."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.credits.chart import spending
from billing.credits.errors import UnknownCustomer, UnknownRecord
from billing.credits.history import Filters, Line, Page, all_lines, feature_names, line_of, page_of
from billing.credits.models import CreditEntry
from billing.credits.orders import close_orders, order_number
from billing.credits.payers import payer_of
from billing.credits.purchase_models import CreditPurchase
from billing.credits.queries import account_of, balance_of, explain, open_lots
from billing.credits.shop import shop_for
from billing.credits.way_back import note_way_back, way_back
from billing.customers.models import StripeCustomer
from billing.customers.queries import currency_choice
from billing.limits import limited

RECENT_PURCHASES = 5
LOTS_SHOWN = 8


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Balance, packs, spending and history on one page; asks our own rows alone.

    Who was sent here by something that takes credits (``next``) is led back there, now or after buying.
    """
    note_way_back(request)
    account = account_of(request.user)
    filters = Filters.of(request.GET.dict())
    names = feature_names()
    context = {
        "balance": balance_of(account),
        "lots": list(open_lots(account)[:LOTS_SHOWN]) if account else [],
        "chart": spending(account, names) if account else None,
        "page": page_of(account, filters, before=_before(request), names=names) if account else Page([]),
        "came_from": way_back(request.session),
        "filters": filters,
        "kinds": CreditEntry.Kind.choices,
        "features": sorted(names.items(), key=lambda item: item[1]),
        **_shop(request),
    }
    part = "HX-Request" in request.headers and request.headers.get("HX-Target") == "credit-history"
    return render(
        request, "billing/credits/_history.html" if part else "billing/credits/credits.html", context
    )


@never_cache
@login_required
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One line in full: which lots paid, and why in this order. Another customer's does not exist here."""
    try:
        parts = explain(pk, customer=request.user)
    except (UnknownRecord, UnknownCustomer) as error:
        raise Http404("This person has no such entry.") from error
    found = CreditEntry.objects.get(pk=pk)
    context = {"entry": found, "line": line_of(found, feature_names()), "parts": parts}
    return render(request, "billing/credits/entry.html", context)


@never_cache
@login_required
@require_safe
@limited("credits-csv", per_minute=10, methods=frozenset({"GET"}))  # type: ignore[arg-type]
def export(request: HttpRequest) -> HttpResponseBase:
    """The whole history, as filtered, for a spreadsheet."""
    account = account_of(request.user)
    lines = all_lines(account, Filters.of(request.GET.dict())) if account else iter(())
    response = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="credits.csv"'
    return response


class _Echo:
    """A file that gives back what is written: the csv module writes lines, the response sends them."""

    def write(self, row: str) -> str:
        return row


def _csv(lines: Iterator[Line]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(["number", "time", "kind", "about", "credits", "balance"])
    for line in lines:
        about = f"'{line.about}" if line.about.startswith(("=", "+", "-", "@", "\t", "\r")) else line.about
        yield writer.writerow([line.pk, line.at.isoformat(), line.label, about, line.amount, line.balance])


def _before(request: HttpRequest) -> int | None:
    told = request.GET.get("before", "")
    return int(told) if told.isdecimal() and len(told) < 19 else None


def _shop(request: HttpRequest) -> dict[str, Any]:
    cancelled = request.GET.get("cancelled") == "1"
    if cancelled:
        close_orders(request.session)
    customer = payer_in_shop(request)
    shop = shop_for(currency_choice(customer), asked=request.GET.get("currency", "").upper())
    purchases = late_purchases(customer)
    return {
        "shop": shop,
        "packs": [(pack, order_number(request.session, pack)) for pack in shop.packs],
        "has_card": has_saved_card(customer, purchases),
        "purchases": purchases,
        "reload": getattr(customer, "credit_settings", None),
        "cancelled": cancelled,
    }


def payer_in_shop(request: HttpRequest) -> StripeCustomer | None:
    """The payer with their card and their settings, in one query; ``None`` for who never paid."""
    try:
        payer = payer_of(request.user)
    except UnknownCustomer:
        return None
    return StripeCustomer.objects.select_related("djstripe_customer", "credit_settings").get(pk=payer.pk)


def late_purchases(customer: StripeCustomer | None) -> list[CreditPurchase]:
    """What was bought of late, paid or not; what is still open is not among it."""
    if customer is None:
        return []
    done = CreditPurchase.objects.filter(customer=customer).exclude(status=CreditPurchase.Status.OPEN)
    return list(done.select_related("pack")[:RECENT_PURCHASES])


def has_saved_card(customer: StripeCustomer | None, purchases: Iterable[CreditPurchase]) -> bool:
    """Whether one click may be enough, as far as our rows tell: a default card, or a purchase of late."""
    if customer is None or not customer.stripe_id:
        return False
    mirror = customer.djstripe_customer
    told = (mirror.stripe_data.get("invoice_settings") or {}) if mirror else {}
    paid = any(purchase.status == CreditPurchase.Status.PAID for purchase in purchases)
    return bool(told.get("default_payment_method")) or paid
