"""Where Stripe's events arrive: dj-stripe's view, guarded against what would make it stumble."""

import logging
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from djstripe.models import WebhookEndpoint, WebhookEventTrigger
from djstripe.views import ProcessWebhookView

from billing.webhooks.guards import drop_forged_address, problem_with
from billing.webhooks.receivers import UnusableEvent
from billing.webhooks.secrets import signing_secret_of

logger = logging.getLogger(__name__)


class WebhookView(ProcessWebhookView):
    """404 for an unknown address, 400 for all but genuine events of our API version, 200 once it is kept.

    dj-stripe verifies the signature and the age; the guards answer before its first write what it would
    answer with 500: a body that is no JSON object, a thin event, a forged address. Its own ``post`` is not
    used because it knows one secret, and while one is rolled there are two.
    """

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Verify and keep one event."""
        drop_forged_address(request)
        signature = request.headers.get("Stripe-Signature", "")
        problem = problem_with(request) if signature else "It is not signed."
        if problem:
            return refuse(problem)
        endpoint = get_object_or_404(WebhookEndpoint, djstripe_uuid=uuid)
        body = request.body.decode(errors="replace")
        endpoint.secret = signing_secret_of(endpoint, body=body, signature=signature)  # for this request
        try:
            trigger = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint)
        except UnusableEvent as error:
            return refuse(str(error), level=logging.ERROR)
        return HttpResponse(str(trigger.pk)) if trigger.valid else refuse("The signature is not Stripe's.")


def refuse(problem: str, *, level: int = logging.WARNING) -> HttpResponse:
    """400 with a sentence, which Stripe's dashboard shows."""
    logger.log(level, "Webhook refused: %s", problem)
    return HttpResponseBadRequest(problem, content_type="text/plain")
