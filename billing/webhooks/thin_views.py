"""Where Stripe's thin events arrive, such as errors of meters; dj-stripe knows nothing of them."""

import json
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View
from djstripe.models import WebhookEventTrigger
from djstripe.models.webhooks import get_remote_ip

from billing.gateway.thin_events import NotGenuine, NoThinEvent, read_thin_event
from billing.webhooks.guards import drop_forged_address, problem_with
from billing.webhooks.secret_models import SigningSecret
from billing.webhooks.secrets import accepted_secrets
from billing.webhooks.services import receive_event
from billing.webhooks.views import refuse


@method_decorator(transaction.non_atomic_requests, name="dispatch")
@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(login_not_required, name="dispatch")
class ThinEventView(View):
    """404 for an unknown address, 400 for all but genuine thin events of our mode, 200 once it is kept."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Verify and keep one event; nothing is stored of one that is refused."""
        drop_forged_address(request)
        signature = request.headers.get("Stripe-Signature", "")
        problem = problem_with(request, thin=True) if signature else "It is not signed."
        if problem:
            return refuse(problem)
        secrets = accepted_secrets(SigningSecret.Route.EVENTS, uuid)
        if not secrets:
            raise Http404
        try:
            event = read_thin_event(request.body, signature=signature, secrets=secrets)
        except (NotGenuine, NoThinEvent) as error:
            return refuse(str(error))
        if event.livemode != settings.STRIPE_LIVE_MODE:
            return refuse(f"Event {event.id} has livemode={event.livemode}, our key has the other mode.")
        _keep(request, event_id=event.id, event_type=event.type)
        return HttpResponse("kept")


@transaction.atomic
def _keep(request: HttpRequest, *, event_id: str, event_type: str) -> None:
    """Like dj-stripe's own: what was sent in one row, what becomes of it in another."""
    trigger = WebhookEventTrigger.objects.create(
        remote_ip=get_remote_ip(request),
        headers=dict(request.headers),
        body=json.dumps(json.loads(request.body)),
        valid=True,
    )
    receive_event(event_id=event_id, event_type=event_type, stripe_customer_id="", trigger_id=trigger.pk)
