"""Alerts in the admin: what needs somebody, and what did."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from billing.notices.alerts import close_alert
from billing.notices.models import Alert
from billing.row_actions import Action, ActionsMixin, ConfirmView
from billing.screens import ReadOnlyAdmin, ViewPermissionHelper, described, status_tag


class AlertPermissions(ViewPermissionHelper):
    """Who may view may look; who may change may close what is open."""

    def user_can_close(self, user: Any, alert: Alert) -> bool:
        """Say that it is done."""
        may_change = bool(self.user_has_specific_permission(user, self.get_perm_codename("change")))
        return may_change and alert.closed_at is None


class CloseView(ConfirmView):
    """Asks first. Most alerts close by themselves; some are over when somebody says so."""

    page_title = "Close the alert"
    form_class = forms.Form
    button = "It is done"

    @property
    def sentences(self) -> list[str]:  # type: ignore[override]
        """What it says, and what closing means."""
        meaning = "Closed, it stays in the list. If it happens again, you are told again."
        return [self.instance.sentence, meaning]

    def check_instance(self) -> None:
        """While it is open."""
        if self.instance.closed_at is not None:
            raise ValidationError("This alert is closed already. If it happens again, you are told again.")

    def act(self, answers: Mapping[str, Any]) -> str:
        """Close it."""
        close_alert(rule=self.instance.rule, subject=self.instance.subject)
        return "The alert is closed."


class RuleFilter(SimpleListFilter):
    """Alerts by what noticed them, in the words of their mails."""

    title = "rule"
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every rule that ever raised one."""
        rules = Alert.objects.order_by("rule").values_list("rule", flat=True).distinct()
        return [(rule, rule.replace("_", " ")) for rule in rules]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        """Those of the chosen rule."""
        return queryset.filter(rule=self.value()) if self.value() else queryset


class AlertAdmin(ActionsMixin, ReadOnlyAdmin):
    """What the site noticed by itself; each line was mailed when it was opened."""

    model = Alert
    menu_label = "Alerts"
    menu_icon = "warning"
    base_url_path = "billing/alerts"
    export_filename = "alerts"
    empty_text = "Nothing has needed you so far. Payments that go wrong and events that get stuck show here."
    permission_helper_class = AlertPermissions
    row_views = {"close": CloseView}
    list_display = ["sentence", "state", "opened_at"]
    list_export = ["rule", "subject", "sentence", "opened_at", "closed_at"]
    list_filter = [RuleFilter, "opened_at"]
    search_fields = ["rule", "subject", "sentence"]
    ordering = ["-opened_at"]
    inspect_view_fields = ["sentence", "noticed_by", "subject", "state", "opened_at", "closed_at"]

    def row_actions(self, user: Any, alert: Alert) -> Iterator[Action]:
        """What this person may do to it now."""
        if self.permission_helper.user_can_close(user, alert):
            yield "close", "Close", f"Say that {alert} is done"

    @described("state", order="closed_at")
    def state(self, alert: Alert) -> SafeString:
        """Whether it lasts."""
        return status_tag("over" if alert.closed_at else "open", primary=alert.closed_at is None)

    @described("rule")
    def noticed_by(self, alert: Alert) -> str:
        """What noticed it, in the words of its mail."""
        return alert.rule.replace("_", " ")
