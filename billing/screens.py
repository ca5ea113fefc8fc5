"""What the lists of billing share in the admin; most are read-only: their rows are written by services."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from wagtail_modeladmin.helpers import AdminURLHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView, InspectView

from billing.kept_rows import ReadOnlyDeleteView, ReadOnlyEditView

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Column = TypeVar("Column", bound=Callable[..., Any])


class ViewPermissionHelper(PermissionHelper):  # type: ignore[misc]
    """Who may view the model may list and inspect it; nobody adds, changes or deletes."""

    def user_can_list(self, user: Any) -> bool:
        """Only with the permission to view."""
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("view")))

    def user_can_inspect_obj(self, user: Any, obj: Model) -> bool:
        """As for the list."""
        return self.user_can_list(user)

    def user_can_create(self, user: Any) -> bool:
        """Never."""
        return False

    def user_can_edit_obj(self, user: Any, obj: Model) -> bool:
        """Never."""
        return False

    def user_can_delete_obj(self, user: Any, obj: Model) -> bool:
        """Never."""
        return False


class ReadOnlyInspectView(InspectView):  # type: ignore[misc]
    """One row in full; a line may come from a method of the admin as well as from the model."""

    def get_field_display_value(self, field_name: str, field: Any = None) -> Any:
        """None of something is a number as well; modeladmin would show it as missing."""
        value = getattr(self.instance, field_name)
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and value == 0:
            return "0"
        return super().get_field_display_value(field_name, field)

    def get_dict_for_field(self, field_name: str) -> dict[str, Any]:
        """Label and value of one line."""
        method = getattr(self.model_admin, field_name, None)
        if not callable(method):
            line: dict[str, Any] = super().get_dict_for_field(field_name)
            return line
        label = getattr(method, "short_description", field_name.replace("_", " "))
        value = method(self.instance) or self.model_admin.get_empty_value_display(field_name)
        return {"label": label, "value": value}


class NumberedURLHelper(AdminURLHelper):  # type: ignore[misc]
    """Addresses of rows end in a number; modeladmin would try, and fail, to look any word up."""

    def get_action_url_pattern(self, action: str) -> str:
        """Modeladmin's pattern, for numbers only."""
        return str(super().get_action_url_pattern(action)).replace(r"[-\w]+", r"\d+")


class BillingIndexView(IndexView):  # type: ignore[misc]
    """A list that survives what people type into addresses, and whose CSV holds no formula of a stranger."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A filter that makes no sense leads back to the whole list."""
        if any("\x00" in value for value in request.GET.values()):
            return self._whole_list(request)
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            return self._whole_list(request)
        return response

    def _whole_list(self, request: HttpRequest) -> HttpResponseBase:
        messages.warning(request, "That filter does not exist, so this is the whole list.")
        return redirect(self.index_url)

    def write_csv_row(self, writer: Any, row_dict: dict[str, Any]) -> Any:
        """Text that a spreadsheet would calculate gets an apostrophe before it."""
        return super().write_csv_row(writer, {field: _as_text(value) for field, value in row_dict.items()})


class BillingAdmin(ModelAdmin):  # type: ignore[misc]
    """The base of every list. ``empty_text`` says what will appear here, and when.

    ``empty_title`` stands above it where "No plans yet" would not be English.
    """

    index_view_class = BillingIndexView
    url_helper_class = NumberedURLHelper
    empty_title = ""
    empty_text = ""
    list_per_page = 50
    index_view_extra_css = ["billing/admin.css"]
    form_view_extra_css = ["billing/admin.css"]
    inspect_view_extra_css = ["billing/admin.css"]

    def register_indexing(self) -> None:
        """Rows of billing refer to no page or image: Wagtail need not index them at every change."""


class ReadOnlyAdmin(BillingAdmin):
    """The base of every read-only list."""

    inspect_view_class = ReadOnlyInspectView
    edit_view_class = ReadOnlyEditView
    delete_view_class = ReadOnlyDeleteView
    permission_helper_class = ViewPermissionHelper
    inspect_view_enabled = True
    history_view_enabled = False


def _as_text(value: Any) -> Any:
    is_formula = isinstance(value, str) and len(value) > 1 and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value


def status_tag(label: str, *, primary: bool = False) -> SafeString:
    """One of Wagtail's status tags, for a cell of a list."""
    return format_html('<span class="w-status{}">{}</span>', " w-status--primary" if primary else "", label)


def stacked(lines: Iterable[str]) -> SafeString:
    """Several lines in one cell."""
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


def described(words: str, *, order: str | None = None) -> Callable[[Column], Column]:
    """Name a column that a method fills, and say which field orders it."""

    def describe(column: Column) -> Column:
        column.short_description = words  # type: ignore[attr-defined]
        column.admin_order_field = order  # type: ignore[attr-defined]
        return column

    return describe
