"""Wagtail's user management for people without usernames."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import cached_property
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import IndexView, UserViewSet

from members.models import CustomUser
from members.people import keep_address_in_step


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """What both of Wagtail's forms do differently here: one account per address, and allauth knows it."""

    first_name = forms.CharField(label="First name", required=False, max_length=150)
    last_name = forms.CharField(label="Last name", required=False, max_length=150)

    def clean_email(self) -> str:
        """Addresses are kept in lower case: ``Ada@`` and ``ada@`` are one person."""
        email: str = self.cleaned_data["email"].lower()
        return email

    @transaction.atomic
    def save(self, commit: bool = True) -> CustomUser:
        """Store the person and tell allauth the address."""
        user: CustomUser = super().save(commit)
        if commit:
            keep_address_in_step(user=user)
        return user


class PersonCreationForm(PersonForm, UserCreationForm):  # type: ignore[misc]
    """Adds somebody; they verify their address at the first sign-in."""


class PersonEditForm(PersonForm, UserEditForm):  # type: ignore[misc]
    """Changes somebody; a new address has to be verified at the next sign-in."""


class PersonIndexView(IndexView):  # type: ignore[misc]
    """The list, where Wagtail's "Username" column is called what it shows."""

    @cached_property
    def columns(self) -> list[Any]:
        """Wagtail's columns."""
        columns: list[Any] = super().columns
        for column in columns:
            if column.name == CustomUser.USERNAME_FIELD:
                column.label = "E-mail address"
        return columns


class MemberViewSet(UserViewSet):  # type: ignore[misc]
    """The "Users" entry of Wagtail's settings menu."""

    index_view_class = PersonIndexView

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        """The forms above."""
        return PersonEditForm if for_update else PersonCreationForm
