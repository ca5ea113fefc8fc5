"""Django's own admin: for superusers, with no sign-in and no password page of its own."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from members.admin_access import superuser_login


class SuperuserAdminSite(AdminSite):
    """The site at ``/django-admin/``."""

    site_header = site_title = "QuickScale"
    index_title = "Everything in the database"

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers only: staff work in the Wagtail admin."""
        return request.user.is_active and request.user.is_superuser

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Hand over to allauth; a password posted here is not read."""
        return superuser_login(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The one page to change a password is in the settings, where it is rate limited and mailed about."""
        return redirect("account_change_password")
