"""The forms behind the catalog's admin screens."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets.slug import SlugInput

from billing.catalog.content import PlanContent
from billing.catalog.limits import HIGHEST_AMOUNT
from billing.catalog.models import Feature, Plan, Price
from billing.catalog.money import format_money, major_units, minor_units, validate_currency
from billing.catalog.services import SavedPlan, save_plan
from billing.catalog.validation import check_plan, check_value

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

    saved: SavedPlan

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan: Plan = self.instance.plan
        for name in PLAN_FIELDS:
            self.initial.setdefault(name, getattr(self.plan, name))
        if self.plan.pk:
            self.fields["key"].disabled = True

    def clean(self) -> dict[str, Any]:
        """The rules of the plan's row, and those that row and content keep together, each at its field."""
        cleaned: dict[str, Any] = super().clean()
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
            trial_days=cleaned.get("trial_days") or 0,
            credits_per_period=cleaned.get("credits_per_period") or Decimal(0),
            features={row["feature"].pk: row["value"] for row in self.rows("plan_features")},
            prices={(row["interval"], row["currency"]): row["amount"] for row in self.rows("prices")},
        )

    def save(self, commit: bool = True) -> Plan:
        """Save the plan and its next content; ``saved`` then tells what became of its versions."""
        self.saved = save_plan(plan=self.plan, content=self.content())
        return self.saved.plan

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """What the rows of a formset say that are right and stay."""
        return (form.cleaned_data for form in _right_rows(self.formsets[name]))

    def _refuse_repeated_rows(self) -> None:
        for form in _repeats(self.formsets["plan_features"], "feature"):
            form.add_error("feature", "This feature is in the list already. Remove one of the two.")
        for form in _repeats(self.formsets["prices"], "interval", "currency"):
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


class PlanFeatureForm(WagtailAdminModelForm):  # type: ignore[misc]
    """One feature of a plan, and how much of it; the panel explains the numbers once for all rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """The number suits the kind of the feature."""
        cleaned: dict[str, Any] = super().clean()
        feature = cleaned.get("feature")
        if isinstance(feature, Feature) and "value" in cleaned:
            try:
                check_value(feature, cleaned["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned


class PriceForm(WagtailAdminModelForm):  # type: ignore[misc]
    """One price; people write 19.00, the row keeps 1900."""

    amount = forms.DecimalField(
        min_value=Decimal("0.001"),
        max_digits=12,
        decimal_places=3,
        error_messages={"min_value": "A price is more than nothing. For a free plan, remove the price."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].help_text = ""
        if self.instance.amount is not None:
            self.initial["amount"] = major_units(self.instance.amount, self.instance.currency)

    def clean_currency(self) -> str:
        """Capitals or not, both are understood."""
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """Turn what was written into minor units."""
        cleaned: dict[str, Any] = super().clean()
        if "amount" in cleaned and "currency" in cleaned:
            try:
                validate_currency(cleaned["currency"])
                cleaned["amount"] = self._in_minor_units(cleaned)
            except ValidationError as error:
                self.add_error("currency" if error.code == "currency" else "amount", error)
        return cleaned

    def _in_minor_units(self, cleaned: dict[str, Any]) -> int:
        amount = minor_units(cleaned["amount"], cleaned["currency"])
        if amount > HIGHEST_AMOUNT:
            highest = format_money(HIGHEST_AMOUNT, cleaned["currency"])
            raise ValidationError(f"Stripe takes at most {highest}.", code="amount")
        return amount


def _right_rows(formset: Any) -> Iterator[Any]:
    """The forms of a formset that are filled in, right and not marked for deletion."""
    for form in formset.forms:
        if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE"):
            yield form


def _repeats(formset: Any, *fields: str) -> list[Any]:
    """The forms that say for ``fields`` what an earlier one said."""
    seen: set[tuple[Any, ...]] = set()
    repeats = []
    for form in _right_rows(formset):
        said = tuple(form.cleaned_data[field] for field in fields)
        if said in seen:
            repeats.append(form)
        seen.add(said)
    return repeats
