"""``/unlock/<page>/``: what a page costs, what the reader has, and the one button that spends it."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from billing import api as billing
from home.gate.offers import price_label, way_in
from home.gate.pages import GatedPage
from home.gate.privacy import passing_privacy
from home.gate.unlocking import NotForSale, PriceChanged, is_unlocked, price_of, unlock
from home.rate_limits import within_limit

UNLOCKS_PER_MINUTE = 20
LONGEST_PRICE = 8
TOP_UP = "/billing/credits/"  # where billing sells credits; its address is part of the site's promise


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unlock_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask, then unlock. A page the reader has, or that costs nothing, is simply opened.

    Who has too few credits is told where more are: 402. Whatever else is refused asks again: 409.
    """
    page = _page(request, page_id)
    if is_unlocked(page, request.user) or not price_of(page):
        return redirect(page.get_url(request))
    if request.method == "POST":
        return _unlock(request, page)
    return _ask(request, page)


def _unlock(request: HttpRequest, page: Any) -> HttpResponse:
    if not within_limit(request, action="unlock", limit=UNLOCKS_PER_MINUTE, seconds=60):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        unlock(page=page, reader=request.user, agreed=_agreed(request))
    except PriceChanged:
        return _ask(request, page, trouble="The price has changed meanwhile. Nothing was spent; look again.")
    except NotForSale:
        return redirect(page.get_url(request))
    except billing.InsufficientCredits as missing:
        decision = way_in(page, request.user, missing.needed)
        return billing.refuse_short(request, decision, missing, came_from=request.get_full_path())
    except billing.CreditsRefused as refused:
        return _ask(request, page, trouble=refused.sentence)
    messages.success(request, f"“{page.title}” is open, and stays yours.")
    return redirect(page.get_url(request))


def _agreed(request: HttpRequest) -> int:
    """The price on the button that was pressed; 0 for anything else than a price."""
    typed = request.POST.get("price", "")[:LONGEST_PRICE]
    return int(typed) if typed.isascii() and typed.isdecimal() else 0


def _ask(request: HttpRequest, page: Any, *, trouble: str = "") -> HttpResponse:
    price, has = price_of(page), billing.balance(request.user)
    context = {
        "page_to_unlock": page,
        "address": page.get_url(request),
        "price": price,
        "price_text": price_label(price),
        "available": billing.credits_in_words(has.available),
        "left": billing.credits_in_words(has.available - price),
        "is_enough": has.available >= price,
        "trouble": trouble,
        "top_up": f"{TOP_UP}?{urlencode({'next': request.get_full_path()})}",
    }
    status = HTTPStatus.CONFLICT if trouble else HTTPStatus.OK
    return render(request, "home/unlock.html", context, status=status)


def _page(request: HttpRequest, page_id: int) -> Any:
    """A published page of this site that the reader may know of; 404 for any other."""
    found = get_object_or_404(Page.objects.live().filter(pk=page_id).specific())
    may_know = isinstance(found, GatedPage) and found.get_url(request) and passing_privacy([found], request)
    if not may_know:
        raise Http404("No page at this address can be unlocked.")
    return found
