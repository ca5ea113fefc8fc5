"""Has events handled again: says which, and does it when asked."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from wagtail_modeladmin.views import WMABaseView

from billing.screens import ViewPermissionHelper
from billing.webhooks.models import InboxEvent
from billing.webhooks.services import replay

MOST = 500  # at once; more are replayed in several goes


class MayReplay(ViewPermissionHelper):
    """Who may view may look; who may change may replay."""

    def user_can_replay(self, user: Any, event: InboxEvent | None = None) -> bool:
        """Have events handled again; one that waits will be handled anyway."""
        may_change = bool(self.user_has_specific_permission(user, self.get_perm_codename("change")))
        return may_change and (event is None or event.state != InboxEvent.State.RECEIVED)


class ReplayView(WMABaseView):  # type: ignore[misc]
    """Names the events; a POST puts them into the queue. Doing it twice is doing it once."""

    template_name = "modeladmin/billing/inboxevent/replay.html"
    page_title = "Replay events"

    def check_action_permitted(self, user: Any) -> bool:
        """Who may change events."""
        return bool(self.permission_helper.user_can_replay(user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How many of which type."""
        chosen = list(chosen_events(self.request.GET))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"chosen": chosen, "types": Counter(event.type for event in chosen).most_common()}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Queue what can be replayed, and say how much that is."""
        asked = list(chosen_events(request.POST).values_list("pk", flat=True))
        count = replay(asked, by=request.user)
        left = len(asked) - count
        if count:
            words = (
                f"{count} event{pluralize(count)} will be handled again in a moment. Reload this list to see."
            )
            messages.success(request, words)
        if left or not asked:
            words = (
                f"{left} event{pluralize(left)} could not be replayed: waiting already, or not of interest."
            )
            messages.warning(request, words if left else "No event was chosen, so nothing was done.")
        return redirect(self.index_url)


def chosen_events(query: QueryDict) -> QuerySet[InboxEvent]:
    """The events that a form names one by one, or those that are parked, the oldest first."""
    rows = InboxEvent.objects.order_by("received_at")
    if query.get("parked"):
        return rows.filter(state=InboxEvent.State.FAILED)[:MOST]
    numbers = [int(text) for text in query.getlist("event")[:MOST] if text.isdecimal() and len(text) <= 18]
    return rows.filter(pk__in=numbers)
