"""The addresses of everything about money."""

from django.urls import path

from billing.checkout import overview, views

app_name = "billing"
urlpatterns = [
    path("billing/", overview.overview, name="overview"),
    path("billing/checkout/<slug:plan>/", views.checkout, name="checkout"),
    path("billing/portal/", overview.portal, name="portal"),
    path("billing/success/", views.success, name="success"),
]
