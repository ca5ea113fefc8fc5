"""The visitor's form: the editor's fields, and guards that people do not notice."""

from typing import Any

from django import forms
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.forms import BaseForm, FormBuilder

TRAP = "homepage"
SALT = "home.contact"
SECONDS_A_PERSON_NEEDS = 2
SECONDS_A_FORM_IS_GOOD = 24 * 60 * 60
MAX_TEXT = 5000


class GuardedForm(BaseForm):
    """A form that knows when it was handed out, can be used once, and has a field only machines fill in."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stamp"].initial = new_stamp

    @property
    def is_trapped(self) -> bool:
        """A machine filled in the field that people cannot see."""
        return bool(self.data.get(TRAP))

    def clean_stamp(self) -> str:
        """Refuse a form that is forged, too old, or came back faster than anybody can type."""
        stamp = str(self.cleaned_data["stamp"])
        try:
            signing.loads(stamp, salt=SALT, max_age=SECONDS_A_FORM_IS_GOOD)
        except signing.BadSignature:
            message = _(
                "This form was open for too long to be sent. It is fresh again now: press send once more."
            )
            raise ValidationError(message, code="stale") from None
        try:
            signing.loads(stamp, salt=SALT, max_age=SECONDS_A_PERSON_NEEDS)
        except signing.SignatureExpired:
            return stamp
        raise ValidationError(_("That was quicker than we expected. Press send once more."), code="quick")

    def message(self) -> dict[str, Any]:
        """What the visitor wrote, without the guards."""
        return {name: value for name, value in self.cleaned_data.items() if name != "stamp"}

    def use_up(self) -> bool:
        """Mark this form as sent; False if it was sent before, by a double click for instance."""
        return cache.add(f"contact:{self.cleaned_data['stamp']}", 1, timeout=SECONDS_A_FORM_IS_GOOD)

    def hand_out_again(self) -> None:
        """Give a form that was refused a stamp with which it can be sent."""
        self.data: Any = self.data.copy()
        if "stamp" in self.errors:
            self.data["stamp"] = new_stamp()


class GuardedFormBuilder(FormBuilder):
    """Builds the editor's fields into a guarded form."""

    def create_multiline_field(self, field: Any, options: dict[str, Any]) -> forms.Field:
        """Long text, but not without end."""
        return forms.CharField(max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 6}), **options)

    def create_email_field(self, field: Any, options: dict[str, Any]) -> forms.Field:
        """An address that the browser can fill in."""
        return forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email"}), **options)

    def get_form_class(self) -> type[GuardedForm]:
        """The form of one contact page."""
        return type("ContactForm", (GuardedForm,), self.formfields)


def new_stamp() -> str:
    """When the form was handed out, signed, and different each time."""
    return signing.dumps(get_random_string(12), salt=SALT)
