"""The addresses of dashboard and settings."""

from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/corner/", views.corner, name="corner"),
    path("dashboard/settings/", views.profile, name="settings"),
    path("dashboard/settings/close/", views.close, name="close"),
    path("dashboard/settings/close/undo/", views.reopen, name="keep_open"),
    path("dashboard/settings/sessions/<int:pk>/end/", views.end_session, name="end_session"),
]
