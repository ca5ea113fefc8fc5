"""Sign-in addresses of Wagtail that lead to allauth instead; they must stand above Wagtail's own."""

from django.urls import path
from django.views.generic import RedirectView

from members import admin_access

urlpatterns = [
    path("admin/login/", admin_access.admin_login),
    path("admin/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path("_util/login/", admin_access.members_login),
]
