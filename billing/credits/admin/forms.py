"""What an admin types to correct a balance; the reason is not optional."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from billing.credits.amounts import positive
from billing.credits.errors import InvalidAmount


class ReasonForm(forms.Form):
    """A reason, and the form's own number: sent twice, it counts once."""

    reason = forms.CharField(
        max_length=255, help_text="The customer reads this in their history, and the audit keeps it."
    )
    number = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)


class AdjustForm(ReasonForm):
    """Give credits, with or without an end, or take some back."""

    GIVE, TAKE = "give", "take"

    action = forms.ChoiceField(
        choices=[(GIVE, "Give credits"), (TAKE, "Take credits back")], widget=forms.RadioSelect, initial=GIVE
    )
    amount = forms.DecimalField(max_digits=18, decimal_places=4, label="Credits")
    expires_at = forms.DateTimeField(
        required=False,
        label="Until",
        help_text="For credits that you give. Empty: they do not end. Write 2027-03-14 or 2027-03-14 18:00.",
    )
    field_order = ["action", "amount", "expires_at", "reason"]

    def clean_amount(self) -> Any:
        """An amount that the ledger takes."""
        try:
            return positive(self.cleaned_data["amount"])
        except InvalidAmount as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def clean_expires_at(self) -> Any:
        """An end is to come."""
        end = self.cleaned_data["expires_at"]
        if end and end <= timezone.now():
            raise forms.ValidationError("This moment is over. Choose a later one, or none.")
        return end


class BulkForm(forms.Form):
    """A file of grants."""

    file = forms.FileField(
        label="CSV file",
        help_text="Columns: email, credits, reason, reference; and, if you like, until (2027-03-14). "
        "The reference names the grant: the same file again grants nothing twice.",
    )
