"""Where Stripe's events arrive: dj-stripe's view, guarded against what would make it stumble."""

import ipaddress
import json
import logging
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from djstripe.views import ProcessWebhookView

from billing.webhooks.receivers import UnusableEvent

logger = logging.getLogger(__name__)


class WebhookView(ProcessWebhookView):
    """404 for an unknown address, 400 for all but genuine events of our API version, 200 once it is kept.

    dj-stripe verifies the signature and the age; the guards answer before its first write what it would
    answer with 500: a body that is no JSON object, a forged address.
    """

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Verify and keep one event."""
        problem = _problem_with(request)
        if problem:
            logger.warning("Webhook refused: %s", problem)
            return HttpResponse(problem, status=400, content_type="text/plain")
        _drop_forged_address(request)
        try:
            response: HttpResponse = super().post(request, uuid)
        except UnusableEvent as error:
            logger.error("Webhook refused: %s", error)  # noqa: TRY400  (the sentence says all; a trace adds nothing)
            return HttpResponse(str(error), status=400, content_type="text/plain")
        return response


def _problem_with(request: HttpRequest) -> str:
    try:
        event = json.loads(request.body)
    except RequestDataTooBig:
        return "The body is too large."
    except (ValueError, RecursionError):
        return "The body is not JSON."
    return "" if isinstance(event, dict) else "The body is not a JSON object."


def _drop_forged_address(request: HttpRequest) -> None:
    """dj-stripe stores the first forwarded address as it comes, and PostgreSQL takes addresses only."""
    first = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[0].strip()
    try:
        ipaddress.ip_address(first)
    except ValueError:
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
