"""The rows of the plan form: one feature, one price."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from billing.catalog.limits import HIGHEST_AMOUNT
from billing.catalog.models import Feature
from billing.catalog.money import format_money, major_units, minor_units, validate_currency
from billing.catalog.validation import check_value


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


def right_rows(formset: Any) -> Iterator[Any]:
    """The forms of a formset that are filled in, right and not marked for deletion."""
    for form in formset.forms:
        if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE"):
            yield form


def repeats(formset: Any, *fields: str) -> list[Any]:
    """The forms that say for ``fields`` what an earlier one said."""
    seen: set[tuple[Any, ...]] = set()
    again = []
    for form in right_rows(formset):
        said = tuple(form.cleaned_data[field] for field in fields)
        if said in seen:
            again.append(form)
        seen.add(said)
    return again
