"""Stripe's events in the admin: what arrived, what became of it, and the way to have it handled again."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail_modeladmin.helpers import ButtonHelper

from billing.screens import BillingIndexView, ReadOnlyAdmin, ReadOnlyInspectView, described, status_tag
from billing.webhooks.admin_filters import CustomerFilter, DayFilter, FamilyFilter
from billing.webhooks.admin_replay import MayReplay, ReplayView
from billing.webhooks.chart import draw, last_hours
from billing.webhooks.masking import masked
from billing.webhooks.models import InboxEvent

State = InboxEvent.State
Button = dict[str, Any]


class EventButtons(ButtonHelper):  # type: ignore[misc]
    """Inspect, and replay what does not wait already."""

    def get_buttons_for_obj(self, obj: InboxEvent, **kwargs: Any) -> list[Button]:
        """Modeladmin's buttons and ours."""
        buttons: list[Button] = super().get_buttons_for_obj(obj, **kwargs)
        if self.permission_helper.user_can_replay(self.request.user, obj):
            buttons.append(
                {
                    "url": f"{self.url_helper.get_action_url('replay')}?event={obj.pk}",
                    "label": "Replay",
                    "classname": self.finalise_classname(["button-small", "button-secondary"], []),
                    "title": f"Have {obj} handled again",
                }
            )
        return buttons


class InboxIndexView(BillingIndexView):
    """The list, with the last day as a picture above it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The picture, the same as a table, and where to replay."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        hours = last_hours()
        context |= {"hours": hours, "charts": draw(hours)}
        if self.permission_helper.user_can_replay(self.request.user):
            context["replay_url"] = self.url_helper.get_action_url("replay")
            context["parked"] = InboxEvent.objects.filter(state=State.FAILED).count()
        return context


class InboxInspectView(ReadOnlyInspectView):
    """One event: what Stripe sent without personal data, every attempt, what it changed."""

    def get_page_subtitle(self) -> str:
        """Its type; the id stands below."""
        return str(self.instance.type)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The attempts in their order, and the payload as long as it is kept."""
        event: InboxEvent = self.instance
        attempts = event.history.select_related("by")
        payload = masked(event.payload) if event.trigger_id else ""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context |= {"attempts": attempts, "payload": payload}
        if self.permission_helper.user_can_replay(self.request.user, event):
            context["replay_url"] = f"{self.url_helper.get_action_url('replay')}?event={event.pk}"
        return context


class InboxEventAdmin(ReadOnlyAdmin):
    """Every event that Stripe sent us."""

    model = InboxEvent
    menu_label = "Inbox events"
    menu_icon = "mail"
    base_url_path = "billing/events"
    export_filename = "stripe-events"
    empty_text = (
        "Events arrive when Stripe reports a payment, a new subscription or a change of one. "
        "If none comes with the first purchase, “billing_doctor” says why."
    )
    index_view_class = InboxIndexView
    inspect_view_class = InboxInspectView
    permission_helper_class = MayReplay
    button_helper_class = EventButtons
    list_display = ["type", "state_name", "email", "failures", "received_at"]
    list_export = [
        "stripe_event_id",
        "type",
        "state",
        "email",
        "attempts",
        "received_at",
        "processed_at",
        "last_error",
    ]
    list_display_add_buttons = "type"
    list_filter = ["state", FamilyFilter, DayFilter, CustomerFilter]
    list_select_related = ["customer__user"]
    search_fields = ["stripe_event_id", "type", "stripe_customer_id", "customer__user__email"]
    ordering = ["-received_at"]
    inspect_view_fields = [
        "type",
        "stripe_event_id",
        "state_name",
        "whose",
        "stripe_customer_id",
        "failures",
        "received_at",
        "processed_at",
        "last_error",
    ]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Who may replay may choose."""
        may_choose = self.permission_helper.user_can_replay(request.user)
        return ["choose", *self.list_display] if may_choose else self.list_display

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """The list's addresses, and the one to replay at."""
        helper = self.url_helper
        pattern, name = rf"^{helper.base_url_path}/replay/$", helper.get_action_url_name("replay")
        return (*super().get_admin_urls_for_registration(), re_path(pattern, self.replay_view, name=name))

    def replay_view(self, request: HttpRequest) -> HttpResponseBase:
        """Which events, and the button."""
        response: HttpResponseBase = ReplayView.as_view(model_admin=self)(request)
        return response

    @described("choose")
    def choose(self, event: InboxEvent) -> SafeString:
        """A box of the form above the list."""
        return format_html(
            '<input type="checkbox" name="event" value="{}" form="billing-replay" aria-label="Choose {}">',
            event.pk,
            event,
        )

    @described("state", order="state")
    def state_name(self, event: InboxEvent) -> SafeString:
        """What became of it."""
        return status_tag(event.get_state_display().lower(), primary=event.state == State.PROCESSED)

    @described("failed attempts", order="attempts")
    def failures(self, event: InboxEvent) -> str:
        """Since it came, or was last replayed."""
        return str(event.attempts or "none")

    @described("customer", order="customer__user__email")
    def email(self, event: InboxEvent) -> str:
        """The customer it is about, as far as we know one."""
        return event.customer.user.email if event.customer else ""

    @described("customer")
    def whose(self, event: InboxEvent) -> SafeString | str:
        """The customer, and the ways to all their events and to what these changed."""
        if event.customer is None:
            return ""
        email = event.customer.user.email
        return format_html(
            '{} (<a href="{}?customer={}">all their events</a>, <a href="{}?{}">their subscriptions</a>)',
            email,
            self.url_helper.index_url,
            event.customer_id,
            reverse("billing_subscriptions_modeladmin_index"),
            urlencode({"q": email}),
        )
