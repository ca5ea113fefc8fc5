"""The list of grants: who was given what, until when, and why."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.admin import SimpleListFilter
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.views import CreateView

from billing.catalog.cards import amount_in_words
from billing.entitlements.models import FeatureGrant
from billing.entitlements.services import change_grant, end_grant, grant_feature
from billing.kept_rows import KeptDeleteView, KeptEditView
from billing.row_actions import Action, ActionsMixin, ConfirmView
from billing.screens import BillingAdmin, ReadOnlyInspectView, described, status_tag

HELP = (
    "<p>A grant gives one customer a feature beside their plan. Of plan and grants the best counts, so a "
    "grant never takes anything away. It is in force with the customer's next click, and over at the second "
    "you say.</p>"
)


def _moment(field: str) -> FieldPanel:
    """A time that is shown, and so kept, to the second."""
    return FieldPanel(field, widget=AdminDateTimeInput(format="%Y-%m-%d %H:%M:%S"))


class GrantForm(WagtailAdminModelForm):  # type: ignore[misc]
    """A grant to somebody known by their address. Customer and feature stay what they are."""

    email = forms.EmailField(label="Customer", help_text="The e-mail address of the account.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["email"] = self.instance.customer.user.email
            for name in ("email", "feature", "starts_at"):
                self.fields[name].disabled = True

    def clean_email(self) -> str:
        """Somebody has the address."""
        email: str = self.cleaned_data["email"]
        self.user = get_user_model().objects.filter(email__iexact=email).first()
        if self.user is None:
            raise ValidationError(f"Nobody here has the address {email}. They need an account first.")
        return email

    def clean(self) -> dict[str, Any]:
        """An end, or the word that there is none; told at the field that can put it right."""
        cleaned: dict[str, Any] = super().clean()
        ends_at, never_ends = cleaned.get("ends_at"), cleaned.get("never_ends")
        if not self.errors.get("ends_at") and bool(ends_at) == bool(never_ends):
            self.add_error("ends_at", "Say when it ends, or mark that it has no end: one of the two.")
        return cleaned

    def _post_clean(self) -> None:
        """The service holds the rules of the row; it is asked when saving."""

    def save(self, commit: bool = True) -> FeatureGrant:
        """Give it, or change what was given. Raises ``ValidationError`` as the services do."""
        cleaned = self.cleaned_data
        given = {name: cleaned[name] for name in ("value", "ends_at", "reason")}
        if self.instance.pk:
            change_grant(grant=self.instance, **given)
            grant: FeatureGrant = self.instance
            return grant
        return grant_feature(
            user=self.user,
            feature=cleaned["feature"],
            starts_at=cleaned["starts_at"],
            by=self.for_user,
            **given,
        )


class ServiceFormMixin:
    """What a service refuses is told at the field."""

    def form_valid(self, form: GrantForm) -> Any:
        """Save, or show the form again."""
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except ValidationError as refusal:
            form.add_error(None, refusal) if hasattr(refusal, "error_dict") else form.add_error(
                "value", refusal
            )
            return self.form_invalid(form)  # type: ignore[attr-defined]


class CreateGrantView(ServiceFormMixin, CreateView):  # type: ignore[misc]
    """A new grant; ``?email=`` says for whom."""

    def get_initial(self) -> dict[str, Any]:
        """From now on, for the customer whose page led here."""
        return {
            "starts_at": timezone.now().replace(microsecond=0),
            "email": self.request.GET.get("email", ""),
        }

    def get_success_message(self, instance: FeatureGrant) -> str:
        """Who has what now."""
        return f"{instance.customer.user.email} has “{instance.feature}” {in_force(instance)}."


class LastingGrantMixin:
    """For screens about what has not ended yet."""

    instance: FeatureGrant

    def check_instance(self) -> None:
        """What is over stays as it was."""
        if _is_over(self.instance):
            raise ValidationError("This grant is over and stays on record. Give a new one instead.")


class EditGrantView(LastingGrantMixin, ServiceFormMixin, KeptEditView):
    """More of it, or for longer."""

    def get_success_message(self, instance: FeatureGrant) -> str:
        """Who has what now."""
        return f"{instance.customer.user.email} has “{instance.feature}” {in_force(instance)}."


class DeleteGrantView(KeptDeleteView):
    """Never."""

    def check_instance(self) -> None:
        """Grants are ended."""
        raise ValidationError("What customers were given stays on record. End the grant instead.")


class EndGrantView(LastingGrantMixin, ConfirmView):
    """Ends a grant now."""

    page_title = "End"
    button = "End it now"
    is_serious = True
    sentences = (
        "The customer loses it with their next click, unless their plan has it. The row stays on record.",
    )

    def act(self, answers: Mapping[str, Any]) -> str:
        """End it."""
        end_grant(grant=self.instance, why=answers["why"])
        return f"The grant of “{self.instance.feature}” is over."


class GrantPermissionHelper(PermissionHelper):  # type: ignore[misc]
    """Django's permissions; a grant is ended, never deleted, and one that is over is not edited."""

    def user_can_list(self, user: Any) -> bool:
        """Only with the permission to view."""
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("view")))

    def user_can_inspect_obj(self, user: Any, obj: FeatureGrant) -> bool:
        """As for the list."""
        return self.user_can_list(user)

    def user_can_edit_obj(self, user: Any, obj: FeatureGrant) -> bool:
        """While it lasts, or is to come."""
        return not _is_over(obj) and bool(super().user_can_edit_obj(user, obj))

    def user_can_delete_obj(self, user: Any, obj: FeatureGrant) -> bool:
        """Never."""
        return False


class StateFilter(SimpleListFilter):
    """Grants by where the clock is."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The four states."""
        return [("now", "In force"), ("soon", "To come"), ("over", "Over"), ("never", "Without an end")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FeatureGrant]) -> QuerySet[FeatureGrant]:
        """The chosen one."""
        now = timezone.now()
        lasts = Q(ends_at=None) | Q(ends_at__gt=now)
        chosen = {
            "now": lasts & Q(starts_at__lte=now),
            "soon": lasts & Q(starts_at__gt=now),
            "over": ~lasts,
            "never": Q(never_ends=True),
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


class GrantAdmin(ActionsMixin, BillingAdmin):
    """Comps, overrides and betas."""

    model = FeatureGrant
    menu_label = "Grants"
    menu_icon = "pick"
    base_url_path = "billing/grants"
    export_filename = "grants"
    empty_text = (
        "A grant gives one customer a feature beside their plan: a comp, a beta, more of something. "
        "It has a reason, and ends by itself."
    )
    list_display = ["email", "feature", "much", "state", "starts_at", "until", "reason"]
    list_export = [
        "email",
        "feature",
        "much",
        "state_text",
        "starts_at",
        "ends_at",
        "never_ends",
        "reason",
        "by",
    ]
    list_filter = [StateFilter, "feature"]
    list_select_related = ["customer__user", "feature", "granted_by"]
    search_fields = ["customer__user__email", "feature__name", "feature__key", "reason"]
    ordering = ["-created_at"]
    permission_helper_class = GrantPermissionHelper
    create_view_class = CreateGrantView
    edit_view_class = EditGrantView
    delete_view_class = DeleteGrantView
    inspect_view_class = ReadOnlyInspectView
    inspect_view_enabled = True
    inspect_view_fields = [
        "email",
        "feature",
        "much",
        "state",
        "starts_at",
        "until",
        "reason",
        "by",
        "created_at",
    ]
    row_views = {"end": EndGrantView}
    edit_handler = ObjectList(
        [
            HelpPanel(HELP),
            MultiFieldPanel(
                [FieldPanel("email"), FieldRowPanel([FieldPanel("feature"), FieldPanel("value")])],
                heading="Who gets what",
                icon="pick",
            ),
            MultiFieldPanel(
                [FieldRowPanel([_moment("starts_at"), _moment("ends_at")]), FieldPanel("never_ends")],
                heading="How long",
                icon="history",
            ),
            FieldPanel("reason"),
        ],
        base_form_class=GrantForm,
    )

    def row_actions(self, user: Any, grant: FeatureGrant) -> Iterator[Action]:
        """Ending what lasts."""
        if self.permission_helper.user_can_edit_obj(user, grant):
            yield "end", "End now", f"End the grant of {grant}"

    @described("customer", order="customer__user__email")
    def email(self, grant: FeatureGrant) -> str:
        """Whose it is."""
        return grant.customer.user.email

    @described("how much", order="value")
    def much(self, grant: FeatureGrant) -> str:
        """In the words of a card."""
        return amount_in_words(grant.feature, grant.value)

    @described("state")
    def state(self, grant: FeatureGrant) -> SafeString:
        """Where the clock is."""
        words = self.state_text(grant)
        return status_tag(words, primary=words == "in force")

    @described("state")
    def state_text(self, grant: FeatureGrant) -> str:
        """The same in words."""
        if _is_over(grant):
            return "over"
        return "in force" if grant.starts_at <= timezone.now() else "to come"

    @described("until", order="ends_at")
    def until(self, grant: FeatureGrant) -> Any:
        """The end, or that there is none."""
        return grant.ends_at or "without an end"

    @described("by", order="granted_by__email")
    def by(self, grant: FeatureGrant) -> str:
        """Who gave it."""
        return grant.granted_by.email if grant.granted_by else ""


def _is_over(grant: FeatureGrant) -> bool:
    return grant.ends_at is not None and grant.ends_at <= timezone.now()


def in_force(grant: FeatureGrant) -> str:
    """From when until when, for a message."""
    begins = "" if grant.starts_at <= timezone.now() else f"from {grant.starts_at:%Y-%m-%d %H:%M:%S} UTC "
    return begins + (f"until {grant.ends_at:%Y-%m-%d %H:%M:%S} UTC" if grant.ends_at else "without an end")
