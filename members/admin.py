"""People in Django's admin, for superusers who need more than Wagtail's user management shows."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from members.models import CustomUser
from members.people import keep_address_in_step


class PersonCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new person: address and password."""

    class Meta:
        model = CustomUser
        fields = ["email"]
        field_classes: dict[str, Any] = {}


class PersonChangeForm(UserChangeForm):  # type: ignore[type-arg]
    """A person as the database has them."""

    class Meta:
        model = CustomUser
        fields = "__all__"
        field_classes: dict[str, Any] = {}


@admin.register(CustomUser)
class CustomUserAdmin(UserAdmin):  # type: ignore[type-arg]
    """Django's user admin without usernames; an address changed here changes for allauth too."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "is_active", "is_staff", "last_login"]
    search_fields = ["email", "first_name", "last_name"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["first_name", "last_name"]}),
        ("Permissions", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "usable_password", "password1", "password2"]})
    ]

    def save_model(self, request: HttpRequest, obj: CustomUser, form: Any, change: bool) -> None:
        """Store the person and tell allauth the address."""
        obj.email = obj.email.lower()
        super().save_model(request, obj, form, change)
        keep_address_in_step(user=obj)
