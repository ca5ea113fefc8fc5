"""Publishing in the admin: the button, what it would change, how every plan stands, and every run."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from django.urls import URLPattern, re_path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail_modeladmin.views import WMABaseView

from billing.catalog.admin.plans import PlanAdmin
from billing.catalog.models import Plan
from billing.gateway.errors import StripeFailure
from billing.publishing.models import Publication
from billing.publishing.services import compare, request_publication
from billing.publishing.tasks import publish_catalog
from billing.publishing.words import in_words
from billing.screens import BillingIndexView, ReadOnlyAdmin, described, stacked, status_tag


class PlanIndexView(BillingIndexView):
    """The list of plans, with the way to Stripe and the last run above it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Who may change plans may publish them."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["publication"] = Publication.objects.select_related("requested_by").first()
        if self.permission_helper.user_can_edit_obj(self.request.user, Plan()):
            context["publish_url"] = self.url_helper.get_action_url("publish")
            context["order_url"] = self.url_helper.get_action_url("order")
        return context


class PublishView(WMABaseView):  # type: ignore[misc]
    """Says what publishing would change at Stripe; a POST queues the job that does it."""

    template_name = "modeladmin/billing/plan/publish.html"
    page_title = "Publish to Stripe"

    def check_action_permitted(self, user: Any) -> bool:
        """Who may change plans."""
        return bool(self.permission_helper.user_can_edit_obj(user, Plan()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The changes, or why they are unknown."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        try:
            context["changes"] = compare()
        except StripeFailure as failure:
            context["failure"] = in_words(failure)
        return context

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the wish and the job together."""
        with transaction.atomic():
            publication = request_publication(by=request.user)
            publish_catalog.defer(publication_id=publication.pk)
        messages.success(
            request,
            "Publishing has begun. Reload this list in a moment to see how it went; you may go on working.",
        )
        return redirect(self.index_url)


class PublishedPlanAdmin(PlanAdmin):
    """The list of plans, with what Stripe knows of each."""

    index_view_class = PlanIndexView
    list_display = [*PlanAdmin.list_display, "at_stripe"]
    list_export = [*PlanAdmin.list_export, "at_stripe_text", "stripe_product_id"]
    inspect_view_fields = [*PlanAdmin.inspect_view_fields, "at_stripe"]

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """The plans' addresses, and the one to publish."""
        helper = self.url_helper
        pattern, name = rf"^{helper.base_url_path}/publish/$", helper.get_action_url_name("publish")
        return (*super().get_admin_urls_for_registration(), re_path(pattern, self.publish_view, name=name))

    def publish_view(self, request: HttpRequest) -> HttpResponseBase:
        """What would change, and the button."""
        response: HttpResponseBase = PublishView.as_view(model_admin=self)(request)
        return response

    @described("at Stripe")
    def at_stripe(self, plan: Plan) -> SafeString:
        """Whether Stripe has what the catalog says; differences in the words of the last comparison."""
        words = state_at_stripe(plan)
        tag = status_tag(words, primary=words == "in step")
        return format_html("{} {}", tag, stacked(plan.stripe_differences)) if plan.stripe_differences else tag

    @described("at Stripe")
    def at_stripe_text(self, plan: Plan) -> str:
        """The same in words."""
        return state_at_stripe(plan)


class PublicationAdmin(ReadOnlyAdmin):
    """Every publication, newest first."""

    model = Publication
    menu_label = "Publications"
    menu_icon = "upload"
    base_url_path = "billing/publications"
    export_filename = "publications"
    empty_text = "Publishing brings Stripe in step with your plans. Begin it from the list of plans."
    list_display = ["requested_at", "state_tag", "who", "mode", "outcome"]
    list_export = ["requested_at", "finished_at", "state", "who", "mode", "outcome"]
    list_filter = ["state", "requested_at"]
    list_select_related = ["requested_by"]
    ordering = ["-requested_at"]
    inspect_view_fields = ["requested_at", "finished_at", "state_tag", "who", "mode", "done", "error"]

    @described("state", order="state")
    def state_tag(self, publication: Publication) -> SafeString:
        """Waiting, done or failed."""
        is_done = publication.state == Publication.State.DONE
        return status_tag(publication.get_state_display().lower(), primary=is_done)

    @described("by", order="requested_by__email")
    def who(self, publication: Publication) -> str:
        """Who asked for it; a command asks for nobody."""
        return publication.requested_by.email if publication.requested_by else "the command line"

    @described("mode", order="is_live_mode")
    def mode(self, publication: Publication) -> str:
        """Stripe's mode."""
        return "live" if publication.is_live_mode else "test"

    @described("outcome")
    def outcome(self, publication: Publication) -> str:
        """The error, or how much was done."""
        if publication.error:
            return publication.error
        count = len(publication.changes)
        return f"{count} change{pluralize(count)}" if count else "nothing to change"

    @described("done")
    def done(self, publication: Publication) -> SafeString:
        """Every change, one per line."""
        return stacked(f"{change['plan']}: {change['sentence']}" for change in publication.changes)


def state_at_stripe(plan: Plan) -> str:
    """In step, or why not; needs the plan's versions and prices loaded."""
    is_sold = any(version.prices.all() for version in plan.versions.all() if version.is_current)
    if not plan.stripe_product_id:
        return "not published" if is_sold and plan.archived_at is None else "not needed"
    if plan.stripe_compared_at is None or plan.changed_at > plan.stripe_compared_at:
        return "changed since"
    return "differs" if plan.stripe_differences else "in step"
