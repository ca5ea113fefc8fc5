"""allauth's forms in the words of the rest of the site."""

from typing import Any

from allauth.account import forms as allauth

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "oldpassword": "Current password",
    "password": "Password",
    "password1": "Password",
    "password2": "The same again",
}


class Worded:
    """Mixed into a form: one label per field, and no placeholder that says the same once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.label = self.labels().get(name, field.label)
            field.widget.attrs.pop("placeholder", None)

    def labels(self) -> dict[str, str]:
        """What to call the fields."""
        return LABELS


class WordedNew(Worded):
    """For forms that replace a password."""

    def labels(self) -> dict[str, str]:
        """The first field is the new one."""
        return {**LABELS, "password1": "New password"}


class SignInForm(Worded, allauth.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""


class SignUpForm(Worded, allauth.SignupForm):  # type: ignore[misc]
    """The same two."""


class ResetPasswordForm(Worded, allauth.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link."""


class ReauthenticateForm(Worded, allauth.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class AddEmailForm(Worded, allauth.AddEmailForm):  # type: ignore[misc]
    """The new address."""


class ChangePasswordForm(WordedNew, allauth.ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one, twice."""


class SetPasswordForm(WordedNew, allauth.SetPasswordForm):  # type: ignore[misc]
    """A first password, twice."""


class ResetPasswordKeyForm(WordedNew, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice, after the mailed link."""
