"""What a client is answered whom a decision refuses: 402 as JSON, as an htmx partial or as a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from billing.credits.errors import InsufficientCredits
from billing.entitlements.decisions import Decision
from billing.entitlements.offers import PlanOffer
from billing.entitlements.words import Refusal, explain, explain_short

PAYMENT_REQUIRED = 402


def refuse(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Answer with the refusal in the form that the client reads: JSON, an htmx partial or a page."""
    if not request.accepts("text/html"):
        return refuse_json(request, decision)
    return _in_html(request, explain(decision, came_from=_came_from(request)), decision)


def refuse_short(
    request: HttpRequest, decision: Decision, missing: InsufficientCredits, *, came_from: str
) -> HttpResponse:
    """Answer somebody whose credits are too few for what ``decision`` lets them pay for: how to get more.

    ``came_from`` is the path to come back to with them. In the same three forms as ``refuse``.
    """
    refusal = explain_short(decision, missing, came_from=came_from)
    if request.accepts("text/html"):
        return _in_html(request, refusal, decision)
    told = {
        "detail": f"{refusal.title}. {refusal.reason}",
        **as_json(decision),
        "reason": "insufficient_credits",
        "unlock_with": str(missing.needed),
        "available": str(missing.available),
        "buy_credits": refusal.action_href,
    }
    return _kept_nowhere(JsonResponse(told, status=PAYMENT_REQUIRED))


def refuse_json(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Answer a program. The body is the one that docs/reference/payment-required.schema.json describes."""
    refusal = explain(decision, came_from=_came_from(request))
    return _kept_nowhere(
        JsonResponse({"detail": refusal.reason, **as_json(decision)}, status=PAYMENT_REQUIRED)
    )


def as_json(decision: Decision) -> dict[str, Any]:
    """The decision for programs: numbers as numbers, credits as text, so that no digit is lost."""
    return {
        "reason": decision.reason.value,
        "feature": decision.feature,
        "limit": decision.limit,
        "used": decision.used,
        "remaining": decision.remaining,
        "renews_at": decision.renews_at and decision.renews_at.isoformat(),
        "upgrade_to": decision.upgrade_to and _plan(decision.upgrade_to),
        "unlock_with": None if decision.unlock_with is None else str(decision.unlock_with),
    }


def _in_html(request: HttpRequest, refusal: Refusal, decision: Decision) -> HttpResponse:
    template = "billing/_refusal.html" if "HX-Request" in request.headers else "billing/refusal.html"
    context = {"refusal": refusal, "decision": decision}
    return _kept_nowhere(render(request, template, context, status=PAYMENT_REQUIRED))


def _plan(offer: PlanOffer) -> dict[str, Any]:
    return {
        "key": offer.key,
        "name": offer.name,
        "price": offer.price,
        "trial_days": offer.trial_days,
        "url": offer.url,
    }


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept", "HX-Request", "Cookie"])
    return response


def _came_from(request: HttpRequest) -> str:
    """The path to come back to: an unsafe request cannot be repeated by a link, so its page is not known."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
