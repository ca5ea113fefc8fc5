"""Gives a browser the secret with which Stripe's pricing table buys for its reader."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from billing.checkout.pricing_table import open_table_session, table_for
from billing.gateway.errors import StripeFailure
from billing.gateway.patience import at_most
from billing.limits import limited

LONGEST_WAIT = 4  # seconds; the browser goes on with our own table soon after


@never_cache
@require_POST
@limited("pricing-table", per_minute=20, methods=frozenset({"POST"}))
def session(request: HttpRequest) -> HttpResponse:
    """The reader's own session; 404 for whom there is no table, 503 while Stripe is silent."""
    if table_for(request.user) is None:
        return JsonResponse({"error": "There is no table for this reader."}, status=404)
    try:
        with at_most(LONGEST_WAIT):
            opened = open_table_session(request.user)
    except StripeFailure as failure:
        return JsonResponse({"error": failure.sentence}, status=503)
    return JsonResponse({"client_secret": opened.client_secret, "reference": opened.reference})
