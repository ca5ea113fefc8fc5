"""The list of features with their switches: off for everybody, open to some, or as the plans say."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList

from billing.catalog.admin.features import FeatureAdmin, FeatureForm
from billing.catalog.models import Feature
from billing.entitlements.services import name_testers, switch_feature
from billing.row_actions import Action, ActionsMixin, ConfirmView
from billing.screens import described, status_tag

Opening = Feature.Opening


class SwitchableFeatureForm(FeatureForm):
    """A feature, and whom it is open to."""

    people = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="and these people",
        help_text="One e-mail address per line. Only where it is open to some.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            testers = self.instance.testers.order_by("customer__user__email")
            self.initial["people"] = "\n".join(testers.values_list("customer__user__email", flat=True))

    def clean_people(self) -> list[Any]:
        """Accounts; addresses that nobody has are named."""
        emails = {line.strip().lower() for line in self.cleaned_data["people"].splitlines() if line.strip()}
        found = {user.email.lower(): user for user in get_user_model().objects.filter(email__in=emails)}
        if unknown := sorted(emails - found.keys()):
            raise ValidationError(f"Nobody here has these addresses: {', '.join(unknown)}.")
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        """A number or names count only where the feature is open to some."""
        cleaned = super().clean()
        is_some = cleaned.get("opening") == Opening.SOME
        if not is_some and cleaned.get("opening_percent"):
            self.add_error("opening_percent", "This counts only where it is open to some. Write 0.")
        if not is_some and cleaned.get("people"):
            self.add_error("people", "These count only where it is open to some. Leave them empty.")
        return cleaned

    def save(self, commit: bool = True) -> Feature:
        """Save the feature, then who sees it first."""
        feature: Feature = super().save(commit=commit)
        name_testers(feature=feature, users=self.cleaned_data["people"])
        return feature


class SwitchView(ConfirmView):
    """Switches a feature off for everybody, or on again."""

    @property
    def is_off(self) -> bool:
        """Whether it is off now."""
        return bool(self.instance.opening == Opening.NOBODY)

    def get_page_title(self) -> str:
        """Which of the two it is."""
        return "Switch on" if self.is_off else "Switch off"

    @property
    def button(self) -> str:  # type: ignore[override]
        """The same on the button."""
        return "Switch it on" if self.is_off else "Switch it off for everybody"

    @property
    def is_serious(self) -> bool:  # type: ignore[override]
        """Switching off takes something away."""
        return not self.is_off

    @property
    def sentences(self) -> list[str]:  # type: ignore[override]
        """What it means."""
        if self.is_off:
            return ["Everybody whose plan gives it has it again, with their next click."]
        return [
            "Nobody has it any more with their next click, whatever their plan or a grant says.",
            "You can switch it on again at any time. Nobody is told, nothing is refunded, no plan changes.",
        ]

    def act(self, answers: Mapping[str, Any]) -> str:
        """Throw the switch."""
        opening = Opening.ALL if self.is_off else Opening.NOBODY
        switch_feature(feature=self.instance, opening=opening, percent=0, why=answers["why"])
        return f"“{self.instance}” is {'on' if opening == Opening.ALL else 'off for everybody'}."


class SwitchableFeatureAdmin(ActionsMixin, FeatureAdmin):
    """What plans give, and whom it is open to."""

    list_display = [*FeatureAdmin.list_display, "open_to"]
    list_export = [*FeatureAdmin.list_export, "opening", "opening_percent"]
    list_filter = [*FeatureAdmin.list_filter, "opening"]
    row_views = {"switch": SwitchView}
    edit_handler = ObjectList(
        [
            *FeatureAdmin.edit_handler.children,
            MultiFieldPanel(
                [FieldPanel("opening"), FieldPanel("opening_percent"), FieldPanel("people")],
                heading="Whom it is open to",
                icon="view",
            ),
        ],
        base_form_class=SwitchableFeatureForm,
    )

    def row_actions(self, user: Any, feature: Feature) -> Iterator[Action]:
        """The switch."""
        if self.permission_helper.user_can_edit_obj(user, feature):
            label = "Switch on" if feature.opening == Opening.NOBODY else "Switch off"
            yield "switch", label, f"{label} {feature} for everybody"

    @described("open to", order="opening")
    def open_to(self, feature: Feature) -> SafeString | str:
        """Only what is unusual stands out."""
        match feature.opening:
            case Opening.NOBODY:
                return status_tag("switched off")
            case Opening.SOME:
                return status_tag(f"{feature.opening_percent} % and some by name")
        return "everybody"
