"""The list of features and its form."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail_modeladmin.helpers import PermissionHelper

from billing.catalog.admin.deletion import DeleteFeatureView
from billing.catalog.cards import amount_in_words
from billing.catalog.models import Feature
from billing.catalog.queries import features_for_admin
from billing.screens import BillingAdmin, ReadOnlyInspectView, described, stacked


class FeatureForm(WagtailAdminModelForm):  # type: ignore[misc]
    """A feature; what pages, code and customers rely on does not change under them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True
            self.fields["kind"].disabled = self.instance.plan_features.exists()

    def clean(self) -> dict[str, Any]:
        """What is counted needs a word for it, and only a number can start again every month."""
        cleaned: dict[str, Any] = super().clean()
        kind = cleaned.get("kind")
        if kind == Feature.Kind.SWITCH and cleaned.get("period"):
            self.add_error("period", "A switch is not counted, so nothing starts again. Choose “No period”.")
        if kind == Feature.Kind.SWITCH and cleaned.get("unit"):
            self.add_error("unit", "A switch is not counted. Leave this empty, or make it a limit.")
        if kind == Feature.Kind.SWITCH and (cleaned.get("default_value") or 0) > 1:
            self.add_error("default_value", "A switch is given or not. Write 1 or 0.")
        if kind == Feature.Kind.SWITCH and cleaned.get("overage") != Feature.Overage.BLOCK:
            self.add_error("overage", "A switch has nothing beyond it. Choose “Block”.")
        return cleaned


class FeaturePermissionHelper(PermissionHelper):  # type: ignore[misc]
    """Django's permissions; a feature that a version of a plan gives stays."""

    def user_can_list(self, user: Any) -> bool:
        """Only with the permission to view."""
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("view")))

    def user_can_delete_obj(self, user: Any, obj: Model) -> bool:
        """Only while no version of a plan gives it."""
        return not _is_given(obj) and bool(super().user_can_delete_obj(user, obj))


class FeatureAdmin(BillingAdmin):
    """What plans give."""

    model = Feature
    menu_label = "Features"
    menu_icon = "list-ul"
    base_url_path = "billing/features"
    export_filename = "features"
    empty_text = (
        "A feature is something a plan gives: the right to read, to export, so many projects. "
        "Make it here, then choose it in the plans that have it."
    )
    list_display = ["name", "key", "kind_name", "counted", "plans"]
    list_export = [
        "key",
        "name",
        "description",
        "kind",
        "unit",
        "period",
        "overage",
        "default_value",
        "plans",
    ]
    list_filter = ["kind"]
    search_fields = ["key", "name", "description"]
    permission_helper_class = FeaturePermissionHelper
    delete_view_class = DeleteFeatureView
    inspect_view_class = ReadOnlyInspectView
    inspect_view_enabled = True
    inspect_view_fields = [
        "key",
        "name",
        "description",
        "kind",
        "counted",
        "overage",
        "default_value",
        "opening",
        "opening_percent",
        "given_by",
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("name"), FieldPanel("key"), FieldPanel("description")],
                heading="Name",
                icon="edit",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("kind"),
                    FieldRowPanel([FieldPanel("unit"), FieldPanel("period")]),
                    FieldRowPanel([FieldPanel("overage"), FieldPanel("default_value")]),
                ],
                heading="How it is given",
                icon="list-ul",
            ),
            FieldPanel("position"),
        ],
        base_form_class=FeatureForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feature]:
        """Features with the number of plans."""
        return features_for_admin()

    @described("kind", order="kind")
    def kind_name(self, feature: Feature) -> str:
        """The first word of the kind's label."""
        return feature.get_kind_display().partition(":")[0]

    def counted(self, feature: Feature) -> str:
        """What is counted, and when counting starts again."""
        if feature.kind == Feature.Kind.SWITCH:
            return ""
        period = feature.get_period_display().lower() if feature.period else ""
        return f"{feature.unit} {period}".strip()

    @described("part of")
    def given_by(self, feature: Feature) -> SafeString:
        """Every current version that gives it, with how much of it."""
        rows = feature.plan_features.filter(version__is_current=True).select_related(
            "version__plan", "feature"
        )
        return stacked(f"{row.version}: {amount_in_words(feature, row.value)}" for row in rows)

    @described("plans", order="plan_count")
    def plans(self, feature: Feature) -> int:
        """How many plans give it today."""
        return feature.plan_count  # type: ignore[attr-defined, no-any-return]


def _is_given(feature: Any) -> bool:
    """The list has looked for all of its rows at once; the page of one feature looks now."""
    if hasattr(feature, "is_given"):
        return bool(feature.is_given)
    return bool(feature.plan_features.exists())
