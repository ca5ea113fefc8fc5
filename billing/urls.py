"""The addresses of everything about money."""

from django.urls import path

from billing.checkout import change_views, leaving_views, method_views, overview, pricing_table_views, views
from billing.credits import buying_views as buying
from billing.credits import views as credit_views
from billing.details import views as details
from billing.invoices import export_views as exports
from billing.invoices import views as invoices
from billing.notices import views as notices

app_name = "billing"
urlpatterns = [
    path("billing/", overview.overview, name="overview"),
    path("billing/cancel/", leaving_views.leaving, name="leave"),
    path("billing/change/", change_views.choose, name="choose_change"),
    path("billing/change/take-back/", change_views.take_back, name="take_back_change"),
    path("billing/change/<slug:plan>/", change_views.change, name="change"),
    path("billing/checkout/<slug:plan>/", views.checkout, name="checkout"),
    path("billing/credits/", credit_views.overview, name="credits"),
    path("billing/credits/<int:pk>/", credit_views.entry, name="credit_entry"),
    path("billing/credits/bought/<uuid:reference>/", buying.bought, name="credits_bought"),
    path("billing/credits/buy/<slug:pack>/", buying.buy, name="buy_credits"),
    path("billing/credits/credits.csv", credit_views.export, name="credits_csv"),
    path("billing/credits/settings/", buying.credit_settings, name="credit_settings"),
    path("billing/invoices/", invoices.invoices, name="invoices"),
    path("billing/export/", exports.choose, name="export"),
    path("billing/export/archive/", exports.ask, name="ask_for_archive"),
    path("billing/export/archive/<uuid:reference>/", exports.archive, name="invoice_archive"),
    path("billing/export/billing.json", exports.as_json, name="export_json"),
    path("billing/export/invoices.csv", exports.as_csv, name="export_csv"),
    path("billing/invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("billing/invoices/<int:pk>/pay/", invoices.pay, name="pay_invoice"),
    path("billing/invoices/<int:pk>/pdf/", invoices.download, name="invoice_pdf"),
    path("billing/keep/", leaving_views.staying, name="stay"),
    path("billing/methods/", method_views.methods, name="methods"),
    path("billing/methods/add/", method_views.add, name="add_method"),
    path("billing/methods/added/", method_views.added, name="method_added"),
    path("billing/methods/<str:method>/default/", method_views.default, name="default_method"),
    path("billing/methods/<str:method>/remove/", method_views.remove, name="remove_method"),
    path("billing/pay/<str:token>/", invoices.pay_by_link, name="pay_link"),
    path("billing/portal/", overview.portal, name="portal"),
    path("billing/pricing-table/", pricing_table_views.session, name="pricing_table_session"),
    path("billing/settings/", details.billing_settings, name="settings"),
    path("billing/settings/tax-ids/", details.add_tax_id, name="add_tax_id"),
    path("billing/settings/tax-ids/<str:tax_id>/remove/", details.remove_tax_id, name="remove_tax_id"),
    path("billing/success/", views.success, name="success"),
    path("dashboard/settings/notices/", notices.choices, name="notice_choices"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read_notices"),
    path("notices/unsubscribe/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
]
