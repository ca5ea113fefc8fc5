"""Addresses of Wagtail that we answer ourselves, sign-in above all; they must stand above Wagtail's own."""

from django.urls import path
from django.views.generic import RedirectView

from members import admin_access
from members.admin_account import admin_account

urlpatterns = [
    path("admin/login/", admin_access.admin_login),
    path("admin/account/", admin_account),
    path("admin/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path("_util/login/", admin_access.members_login),
]
