"""The form of a plan."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets.slug import SlugInput

from billing.catalog.admin.rows import repeats, right_rows
from billing.catalog.content import TERMS, PlanContent
from billing.catalog.models import Plan, Price
from billing.catalog.services import SavedPlan, save_plan
from billing.catalog.validation import check_plan

OVERTAKEN = (
    "Somebody else saved this plan while you were editing it. Your changes are still here: look at the plan "
    "in another tab, then save again to put yours in its place."
)
PLAN_FIELDS = fields_for_model(
    Plan,
    fields=[
        "key",
        "name",
        "tagline",
        "description",
        "is_public",
        "is_default",
        "is_highlighted",
        "badge",
        "position",
    ],
    widgets={"key": SlugInput, "description": forms.Textarea(attrs={"rows": 3})},
)


class PlanForm(WagtailAdminModelForm):  # type: ignore[misc]
    """One form for a plan and what it gives. Its instance is a version; ``save_plan`` does the saving."""

    key = PLAN_FIELDS["key"]
    name = PLAN_FIELDS["name"]
    tagline = PLAN_FIELDS["tagline"]
    description = PLAN_FIELDS["description"]
    is_public = PLAN_FIELDS["is_public"]
    is_default = PLAN_FIELDS["is_default"]
    is_highlighted = PLAN_FIELDS["is_highlighted"]
    badge = PLAN_FIELDS["badge"]
    position = PLAN_FIELDS["position"]
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    saved: SavedPlan

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan: Plan = self.instance.plan
        for name in PLAN_FIELDS:
            self.initial.setdefault(name, getattr(self.plan, name))
        if self.plan.pk:
            self.fields["key"].disabled = True
            self.initial["seen"] = self.plan.changed_at.isoformat()

    def clean(self) -> dict[str, Any]:
        """The rules of the plan's row, and those that row and content keep together, each at its field."""
        cleaned: dict[str, Any] = super().clean()
        self._refuse_overtaken(cleaned.get("seen", ""))
        for name in PLAN_FIELDS:
            if name in cleaned:
                setattr(self.plan, name, cleaned[name])
        self._refuse_repeated_rows()
        self._report(self._check_row)
        self._report(lambda: check_plan(self.plan, self.content()))
        return cleaned

    def content(self) -> PlanContent:
        """What the rows of the form say, as far as they are right."""
        cleaned = self.cleaned_data
        return PlanContent(
            **{term: cleaned[term] for term in TERMS if cleaned.get(term) is not None},
            features={row["feature"].pk: row["value"] for row in self.rows("plan_features")},
            prices={(row["interval"], row["currency"]): row["amount"] for row in self.rows("prices")},
        )

    def save(self, commit: bool = True) -> Plan:
        """Save the plan and its next content; ``saved`` then tells what became of its versions."""
        self.saved = save_plan(plan=self.plan, content=self.content())
        return self.saved.plan

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """What the rows of a formset say that are right and stay."""
        return (form.cleaned_data for form in right_rows(self.formsets[name]))

    def _refuse_overtaken(self, seen: str) -> None:
        """Who saves second is told once; the form then knows the new state, so saving again is meant."""
        if seen and seen != self.initial.get("seen"):
            self.add_error(None, OVERTAKEN)
            self.data: Any = {**self.data.dict(), "seen": self.initial.get("seen", "")}

    def _refuse_repeated_rows(self) -> None:
        for form in repeats(self.formsets["plan_features"], "feature"):
            form.add_error("feature", "This feature is in the list already. Remove one of the two.")
        for form in repeats(self.formsets["prices"], "interval", "currency"):
            interval = Price.Interval(form.cleaned_data["interval"]).label.lower()
            currency = form.cleaned_data["currency"]
            form.add_error(
                "currency", f"There is a {interval} price in {currency} already. Remove one of the two."
            )

    def _check_row(self) -> None:
        wrong = [name for name in PLAN_FIELDS if name in self.errors]
        self.plan.full_clean(exclude=wrong, validate_constraints=False)

    def _report(self, check: Callable[[], None]) -> None:
        try:
            check()
        except ValidationError as error:
            for field, messages in error.error_dict.items():
                self.add_error(field if field in self.fields else None, messages)
