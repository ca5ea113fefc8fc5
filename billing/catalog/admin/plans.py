"""The list of plans and its screens."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path, reverse
from django.utils.safestring import SafeString
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper

from billing.catalog.admin.deletion import DeletePlanView
from billing.catalog.admin.order import OrderPlansView, PlacePlanView
from billing.catalog.admin.views import (
    CreatePlanView,
    EditPlanView,
    MovePlanView,
    PreviewPlanView,
)
from billing.catalog.cards import amount_in_words
from billing.catalog.models import Plan, PlanFeature, PlanVersion, Price
from billing.catalog.queries import is_plan_used, plans_for_admin
from billing.screens import BillingAdmin, ReadOnlyInspectView, described, stacked, status_tag

Button = dict[str, Any]
View = Callable[[HttpRequest], HttpResponseBase]
VERSIONS = "billing_versions_modeladmin_index"


class PlanPermissionHelper(PermissionHelper):  # type: ignore[misc]
    """Django's permissions; a plan that somebody knows is not deletable (the service has the last word)."""

    def user_can_list(self, user: Any) -> bool:
        """Only with the permission to view."""
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("view")))

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        """Never where Stripe knows the plan, customers have it, or everybody falls back on it."""
        is_known = obj.is_default or obj.stripe_product_id or _is_held(obj)
        return not is_known and bool(super().user_can_delete_obj(user, obj))


class PlanButtons(ButtonHelper):  # type: ignore[misc]
    """Edit, copy, archive or restore, delete."""

    def get_buttons_for_obj(self, obj: Plan, **kwargs: Any) -> list[Button]:
        """Modeladmin's buttons with ours before "Delete"."""
        buttons: list[Button] = super().get_buttons_for_obj(obj, **kwargs)
        ours = [self._button(obj, kwargs.get("classnames_add"), *words) for words in self._words(obj)]
        last = [buttons.pop()] if self.permission_helper.user_can_delete_obj(self.request.user, obj) else []
        return [*buttons, *ours, *last]

    def _words(self, obj: Plan) -> list[tuple[str, str, str]]:
        helper, pk = self.url_helper, quote(obj.pk)
        words = [
            (
                "Versions",
                f"What “{obj}” gave and cost over time",
                f"{reverse(VERSIONS)}?plan__id__exact={obj.pk}",
            )
        ]
        if self.permission_helper.user_can_create(self.request.user):
            words.append(("Copy", f"Make a new plan from “{obj}”", f"{helper.create_url}?copy={obj.pk}"))
        if self.permission_helper.user_can_edit_obj(self.request.user, obj) and not obj.is_default:
            label = "Restore" if obj.archived_at else "Archive"
            words.append((label, f"{label} “{obj}”", helper.get_action_url("move", pk)))
        return words

    def _button(self, obj: Plan, classnames: list[str] | None, label: str, title: str, url: str) -> Button:
        classname = self.finalise_classname(["button-secondary", *(classnames or [])], [])
        return {"url": url, "label": label, "classname": classname, "title": title}


class OnSaleFilter(SimpleListFilter):
    """Plans by where customers meet them."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three states."""
        return [("sale", "On the pricing page"), ("hidden", "Hidden"), ("archived", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Plan]) -> QuerySet[Plan]:
        """The plans in the chosen state."""
        match self.value():
            case "sale":
                return queryset.filter(archived_at=None, is_public=True)
            case "hidden":
                return queryset.filter(archived_at=None, is_public=False)
            case "archived":
                return queryset.exclude(archived_at=None)
        return queryset


class PlanAdmin(BillingAdmin):
    """What is sold."""

    model = Plan
    menu_label = "Plans"
    menu_icon = "tag"
    base_url_path = "billing/plans"
    export_filename = "plans"
    empty_text = (
        "A plan says what customers get and what it costs. Make one for each kind of customer you serve."
    )
    list_display = ["name", "state", "price_list", "customers", "version"]
    list_export = [
        "key",
        "name",
        "tagline",
        "state",
        "price_text",
        "customers",
        "version",
        "is_public",
        "is_default",
    ]
    list_filter = [OnSaleFilter]
    search_fields = ["name", "key", "tagline", "description"]
    permission_helper_class = PlanPermissionHelper
    button_helper_class = PlanButtons
    inspect_view_class = ReadOnlyInspectView
    inspect_view_enabled = True
    inspect_view_fields = [
        "key",
        "name",
        "tagline",
        "description",
        "state",
        "price_list",
        "gives",
        "version",
        "badge",
        "position",
        "stripe_product_id",
        "stripe_compared_at",
    ]
    create_view_class = CreatePlanView
    edit_view_class = EditPlanView
    delete_view_class = DeletePlanView
    form_view_extra_js = ["billing/plan_preview.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """Plans with all that the list shows."""
        return plans_for_admin()

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """Modeladmin's addresses, with the preview, the order, and archive or restore."""
        helper = self.url_helper
        preview = re_path(
            rf"^{helper.base_url_path}/preview/$",
            self.preview_view,
            name=helper.get_action_url_name("preview"),
        )
        move = re_path(
            helper.get_action_url_pattern("move"), self.move_view, name=helper.get_action_url_name("move")
        )
        urls: tuple[URLPattern, ...] = super().get_admin_urls_for_registration()
        order = re_path(
            rf"^{helper.base_url_path}/order/$", self.order_view, name=helper.get_action_url_name("order")
        )
        place = re_path(
            rf"^{helper.base_url_path}/order/(?P<instance_pk>\d+)/$",
            self.place_view,
            name=helper.get_action_url_name("place"),
        )
        return (*urls, preview, move, order, place)

    def order_view(self, request: HttpRequest) -> HttpResponseBase:
        """Every plan, to be put where it belongs."""
        view: View = OrderPlansView.as_view(model_admin=self)
        return view(request)

    def place_view(self, request: HttpRequest, instance_pk: str) -> HttpResponseBase:
        """One plan at another place."""
        response: HttpResponseBase = PlacePlanView.as_view(model_admin=self)(request, instance_pk=instance_pk)
        return response

    def preview_view(self, request: HttpRequest) -> HttpResponseBase:
        """The card of the form as it stands."""
        view: View = PreviewPlanView.as_view(model_admin=self)
        return view(request)

    def move_view(self, request: HttpRequest, instance_pk: str) -> HttpResponseBase:
        """Archive or restore."""
        view: View = MovePlanView.as_view(model_admin=self, instance_pk=instance_pk)
        return view(request)

    def state(self, plan: Plan) -> SafeString:
        """Where customers meet the plan."""
        if plan.archived_at:
            return status_tag("archived")
        if plan.is_default:
            return status_tag("free plan", primary=True)
        return status_tag("on sale", primary=True) if plan.is_public else status_tag("hidden")

    @described("prices")
    def price_list(self, plan: Plan) -> SafeString | str:
        """Today's prices, one per line."""
        return stacked([f"{price.formatted} {price.per}" for price in _prices(plan)])

    @described("prices")
    def price_text(self, plan: Plan) -> str:
        """Today's prices in one cell of a spreadsheet."""
        return "; ".join(f"{price.formatted} {price.per}" for price in _prices(plan))

    @described("gives")
    def gives(self, plan: Plan) -> SafeString:
        """What new customers get, each with how much of it."""
        rows = PlanFeature.objects.filter(version__plan=plan, version__is_current=True)
        return stacked(amount_in_words(row.feature, row.value) for row in rows.select_related("feature"))

    @described("customers", order="customer_count")
    def customers(self, plan: Plan) -> int:
        """How many have it now, in whatever version."""
        return plan.customer_count  # type: ignore[attr-defined, no-any-return]

    def version(self, plan: Plan) -> str:
        """The number of the version that new customers get."""
        return next((str(version.number) for version in _current(plan)), "")


def _current(plan: Plan) -> list[PlanVersion]:
    """The list has loaded it alone; the page of one plan has loaded nothing."""
    return [version for version in plan.versions.all() if version.is_current]


def _prices(plan: Plan) -> list[Price]:
    return [price for version in _current(plan) for price in version.prices.all()]


def _is_held(plan: Any) -> bool:
    """The list has counted for all of its rows at once; the page of one plan looks now."""
    if hasattr(plan, "customer_count"):
        return bool(plan.customer_count)
    return is_plan_used(plan)
