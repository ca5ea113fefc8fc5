"""What actions cost, by date: a cost that has begun stays as it was, the next one follows it."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.safestring import SafeString
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail_modeladmin.helpers import PermissionHelper

from billing.credits.costs import CreditCost
from billing.credits.telling import in_figures
from billing.kept_rows import KeptDeleteView, KeptEditView
from billing.screens import BillingAdmin, described, status_tag


class CreditCostForm(WagtailAdminModelForm):  # type: ignore[misc]
    """A cost begins now or later: what was charged yesterday is not decided today."""

    def clean_effective_from(self) -> Any:
        """Not before now, a minute of typing aside."""
        begins = self.cleaned_data["effective_from"]
        if begins < timezone.now() - timedelta(minutes=10):
            self.add_error("effective_from", "A cost cannot begin in the past. Choose now or a later moment.")
        return begins


class CreditCostPermissionHelper(PermissionHelper):  # type: ignore[misc]
    """Django's permissions; a cost that has begun is history."""

    def user_can_list(self, user: Any) -> bool:
        """Only with the permission to view."""
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("view")))

    def user_can_edit_obj(self, user: Any, obj: Model) -> bool:
        """Only before it begins."""
        return _is_to_come(obj) and bool(super().user_can_edit_obj(user, obj))

    def user_can_delete_obj(self, user: Any, obj: Model) -> bool:
        """Only before it begins."""
        return _is_to_come(obj) and bool(super().user_can_delete_obj(user, obj))


def _is_to_come(obj: Model) -> bool:
    begins = getattr(obj, "effective_from", None)
    return begins is None or begins > timezone.now()


class CostToComeMixin:
    """For screens about a cost that has not begun."""

    instance: CreditCost

    def check_instance(self) -> None:
        """What was charged stays on record."""
        if not _is_to_come(self.instance):
            raise ValidationError(
                "This cost has begun, so it stays on record. Add one that begins later: it takes its place."
            )


class EditCostView(CostToComeMixin, KeptEditView):
    """Before it begins."""


class DeleteCostView(CostToComeMixin, KeptDeleteView):
    """Before it begins."""


class CreditCostAdmin(BillingAdmin):
    """How many credits an action takes."""

    model = CreditCost
    menu_label = "Credit costs"
    menu_icon = "decimal"
    base_url_path = "billing/credit-costs"
    export_filename = "credit-costs"
    empty_text = "Say what one report, page or minute of a feature costs. Without a cost it takes no credits."
    list_display = ["feature", "unit", "credits", "effective_from", "state"]
    list_export = ["feature", "unit", "amount", "effective_from"]
    list_filter = ["feature", "effective_from"]
    list_select_related = ["feature"]
    search_fields = ["feature__name", "feature__key", "unit"]
    permission_helper_class = CreditCostPermissionHelper
    edit_view_class = EditCostView
    delete_view_class = DeleteCostView
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("feature"), FieldPanel("unit")]),
            FieldRowPanel([FieldPanel("amount"), FieldPanel("effective_from")]),
        ],
        base_form_class=CreditCostForm,
    )

    @described("credits", order="amount")
    def credits(self, cost: CreditCost) -> str:
        """How many for one."""
        return in_figures(cost.amount)

    @described("state")
    def state(self, cost: CreditCost) -> SafeString:
        """Whether it has begun."""
        return status_tag("to come") if _is_to_come(cost) else status_tag("has begun", primary=True)
