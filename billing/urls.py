"""The addresses of everything about money."""

from django.urls import URLPattern

app_name = "billing"
urlpatterns: list[URLPattern] = []
