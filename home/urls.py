"""The addresses of pages that Wagtail does not serve."""

from django.urls import URLPattern

app_name = "home"
urlpatterns: list[URLPattern] = []
