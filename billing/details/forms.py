"""The forms of what stands on invoices; what Stripe refuses becomes an error of the field it is about."""

from collections.abc import Iterable
from typing import Any

from django import forms

from billing.customers.countries import country_choices
from billing.customers.details import ADDRESS, Details, TaxNumber
from billing.customers.queries import CurrencyChoice
from billing.customers.tax_kinds import kind_choices
from billing.details.services import WantedDetails
from billing.gateway.errors import StripeFailure

# Which field Stripe means, by its names of parameters and by its codes.
FIELDS = {
    "email": "email",
    "name": "name",
    "value": "value",
    "type": "kind",
    "tax_id_invalid": "value",
    "email_invalid": "email",
    "country_code_invalid": "country",
    "customer_tax_location_invalid": "postal_code",
    **{f"address[{part}]": part for part in ADDRESS},
}
AUTOCOMPLETE = {
    "name": "billing organization",
    "email": "email",
    "line1": "billing address-line1",
    "line2": "billing address-line2",
    "postal_code": "billing postal-code",
    "city": "billing address-level2",
    "state": "billing address-level1",
    "country": "billing country",
}


class RefusableForm(forms.Form):
    """A form whose last word is Stripe's."""

    def refuse(self, failure: StripeFailure) -> None:
        """Say at the field what Stripe did not like, or above the form where it is about none."""
        field = FIELDS.get(failure.code) or FIELDS.get(failure.param)
        self.add_error(field if field in self.fields else None, failure.sentence)


class DetailsForm(RefusableForm):
    """Name, address and where invoices go; the currency where there is a choice."""

    name = forms.CharField(label="Name or company", max_length=150, required=False)
    line1 = forms.CharField(label="Street and number", max_length=200, required=False)
    line2 = forms.CharField(label="Address, second line", max_length=200, required=False)
    postal_code = forms.CharField(label="Postal code", max_length=20, required=False)
    city = forms.CharField(label="Town or city", max_length=100, required=False)
    state = forms.CharField(label="State, province or region", max_length=100, required=False)
    country = forms.ChoiceField(label="Country", required=False)
    email = forms.EmailField(
        label="Send invoices to",
        max_length=254,
        help_text="Invoices and receipts go there too. You sign in with your own address all the same.",
    )
    currency = forms.ChoiceField(label="Currency")

    def __init__(
        self, data: Any, *, details: Details, currency: CurrencyChoice, on_sale: Iterable[str]
    ) -> None:
        known = {"name": details.name, "email": details.email, "currency": currency.current}
        super().__init__(data, initial={**known, **details.address})
        self.fields["country"].choices = [("", "Choose a country"), *country_choices()]  # type: ignore[attr-defined]
        self._offer(currency, on_sale)
        for name, value in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = value

    def _offer(self, currency: CurrencyChoice, on_sale: Iterable[str]) -> None:
        field = self.fields["currency"]
        offered = [currency.current] if currency.held_by else [*on_sale]
        if currency.current not in offered:
            offered.insert(0, currency.current)
        field.choices = [(code, code) for code in offered]  # type: ignore[attr-defined]
        field.help_text = currency.held_by or "What plans and credits cost you from the next purchase on."
        if currency.held_by:
            field.error_messages["invalid_choice"] = currency.held_by

    def clean(self) -> dict[str, Any]:
        """An address is in a country."""
        told: dict[str, Any] = super().clean() or {}
        given = any(told.get(part) for part in ADDRESS)
        if given and not told.get("country") and "country" not in self.errors:
            self.add_error("country", "Choose the country of this address.")
        return told

    def wanted(self) -> WantedDetails:
        """What was typed in."""
        told = self.cleaned_data
        address = {part: told[part] for part in ADDRESS if told[part]}
        return WantedDetails(told["name"], told["email"], told["currency"], address)


class TaxNumberForm(RefusableForm):
    """A new tax number, beside those there are or in place of one of them."""

    kind = forms.ChoiceField(label="Kind of number")
    value = forms.CharField(
        label="Number", max_length=50, help_text="As it is written, with the letters of the country."
    )
    replaces = forms.ChoiceField(label="In place of", required=False)

    def __init__(self, data: Any, *, present: tuple[TaxNumber, ...]) -> None:
        super().__init__(data, prefix="tax")
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["value"].widget.attrs.update(autocomplete="off", spellcheck="false")
        choices = [(number.stripe_id, number.masked) for number in present]
        self.fields["replaces"].choices = [("", "None: it is another one"), *choices]  # type: ignore[attr-defined]
        if not present:
            del self.fields["replaces"]
