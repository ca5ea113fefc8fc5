"""Discrepancies in the admin: what differs from Stripe, what would put it right, the buttons to decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, re_path
from django.utils.safestring import SafeString
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.views import InstanceSpecificView

from billing.audits.reconciliation.models import Discrepancy
from billing.audits.reconciliation.repairs import ignore, repair
from billing.gateway.errors import StripeFailure
from billing.kept_rows import KeptRowMixin
from billing.screens import ReadOnlyAdmin, ViewPermissionHelper, described, status_tag

Button = dict[str, Any]
State = Discrepancy.State


class DiscrepancyPermissions(ViewPermissionHelper):
    """Who may view may look; who may change may decide about what is open."""

    def user_can_settle(self, user: Any, discrepancy: Discrepancy) -> bool:
        """Repair or ignore it."""
        may_change = bool(self.user_has_specific_permission(user, self.get_perm_codename("change")))
        return may_change and discrepancy.state == State.OPEN


class DiscrepancyButtons(ButtonHelper):  # type: ignore[misc]
    """Inspect, and decide."""

    def get_buttons_for_obj(self, obj: Discrepancy, **kwargs: Any) -> list[Button]:
        """Modeladmin's buttons and ours."""
        buttons: list[Button] = super().get_buttons_for_obj(obj, **kwargs)
        if self.permission_helper.user_can_settle(self.request.user, obj):
            buttons.append(
                {
                    "url": self.url_helper.get_action_url("settle", quote(obj.pk)),
                    "label": "Repair or ignore",
                    "classname": self.finalise_classname(_look(kwargs.get("classnames_add")), []),
                    "title": f"Decide about {obj}",
                }
            )
        return buttons


def _look(classnames: list[str] | None) -> list[str]:
    """Small and quiet in a list, which names its classes; plain on a page of its own."""
    return ["button-secondary", *classnames] if classnames else []


class SettleView(KeptRowMixin, InstanceSpecificView):  # type: ignore[misc]
    """Says what differs and what would be done; a POST does it, or notes that it stays as it is."""

    template_name = "modeladmin/billing/discrepancy/settle.html"
    page_title = "Decide"

    def check_instance(self) -> None:
        """While it is open."""
        if self.instance.state != State.OPEN:
            raise ValidationError(
                "This difference is settled already. If it is seen again, it is listed again."
            )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """``action`` is one of the two buttons."""
        return self._or_refuse(request, self._settle)

    def _settle(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("action") == "ignore":
            ignore(self.instance, by=request.user)
            messages.success(request, "It is ignored for as long as both sides say what they say now.")
        else:
            self._repair(request)
        return redirect(self.index_url)

    def _repair(self, request: HttpRequest) -> None:
        try:
            is_gone = repair(self.instance, by=request.user)
        except StripeFailure as failure:
            messages.error(request, f"It was not put right. {failure.sentence}")
            return
        if is_gone:
            messages.success(request, "It is put right: both sides say the same now.")
        else:
            words = "Both sides still differ. Look at the customer at Stripe, or ignore it if that is meant."
            messages.warning(request, words)


class DiscrepancyAdmin(ReadOnlyAdmin):
    """What the nightly comparison found: most of it is put right already."""

    model = Discrepancy
    menu_label = "Discrepancies"
    menu_icon = "warning"
    base_url_path = "billing/discrepancies"
    export_filename = "discrepancies"
    empty_text = "Each night everything is compared with Stripe. What differs shows here, with a repair."
    permission_helper_class = DiscrepancyPermissions
    button_helper_class = DiscrepancyButtons
    list_display = ["subject", "kind_name", "email", "what_differs", "proposal", "state_name", "found_at"]
    list_export = ["kind", "subject", "field", "ours", "at_stripe", "proposal", "state", "found_at"]
    list_filter = ["state", "kind", "remedy", "found_at"]
    list_select_related = ["customer__user"]
    search_fields = ["subject", "field", "customer__user__email"]
    ordering = ["-found_at"]
    inspect_view_fields = [
        "subject",
        "kind_name",
        "email",
        "field",
        "ours",
        "at_stripe",
        "proposal",
        "state_name",
        "found_at",
        "resolved_at",
        "resolved_by",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discrepancy]:
        """Without those that are still being looked at again."""
        return Discrepancy.objects.exclude(state=State.SUSPECTED)

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """The list's addresses, and the one to decide at."""
        helper = self.url_helper
        settle = re_path(
            helper.get_action_url_pattern("settle"),
            self.settle_view,
            name=helper.get_action_url_name("settle"),
        )
        return (*super().get_admin_urls_for_registration(), settle)

    def settle_view(self, request: HttpRequest, instance_pk: str) -> HttpResponseBase:
        """Repair or ignore."""
        view: Callable[..., HttpResponseBase] = SettleView.as_view(model_admin=self, instance_pk=instance_pk)
        return view(request)

    @described("kind", order="kind")
    def kind_name(self, discrepancy: Discrepancy) -> str:
        """What it is about."""
        return discrepancy.get_kind_display()

    @described("customer", order="customer__user__email")
    def email(self, discrepancy: Discrepancy) -> str:
        """Whose it is, as far as we know one."""
        return discrepancy.customer.user.email if discrepancy.customer else ""

    @described("what differs", order="field")
    def what_differs(self, discrepancy: Discrepancy) -> str:
        """Both sides in one line."""
        if discrepancy.kind == Discrepancy.Kind.CATALOG:
            return "the catalog"
        return f"{discrepancy.field}: {discrepancy.ours} here, {discrepancy.at_stripe} at Stripe"

    @described("state", order="state")
    def state_name(self, discrepancy: Discrepancy) -> SafeString:
        """Whether somebody has to decide."""
        is_open = discrepancy.state == State.OPEN
        return status_tag(discrepancy.get_state_display().lower(), primary=is_open)
