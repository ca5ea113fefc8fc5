"""Pages that readers unlocked, for admins: who paid what, and the button that gives it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from billing import api as billing
from home.gate.models import PageUnlock
from home.gate.offers import price_label
from home.gate.unlocking import refund

INDEX = "page_unlocks"
RESULTS = "page_unlocks_results"
REFUND = "refund_page_unlock"
GIVE_BACK = "billing_credits_give_back"  # billing's own screen about one spend

policy = ModelPermissionPolicy(PageUnlock)


class PageUnlocksView(ReportView):
    """What was paid for, newest first."""

    page_title = "Unlocked pages"
    header_icon = "lock-open"
    index_url_name = INDEX
    index_results_url_name = RESULTS
    permission_policy = policy
    any_permission_required = ["view", "change"]
    list_export = ["page_title", "reader", "credits", "paid_at", "refunded_at"]
    export_headings = {"page_title": "Page", "refunded_at": "Refunded"}
    no_results_message = "Nobody has unlocked a page yet. Pages with a price on their Access tab appear here."

    columns = [
        Column("page_title", label="Page", classname="title"),
        Column("reader", label="Reader"),
        Column("credits", label="Credits"),
        DateColumn("paid_at", label="Unlocked"),
        Column("refund", label="Refund"),
    ]

    def get_queryset(self) -> Any:
        """Those that were paid for; an intent that came to nothing is nobody's business."""
        return PageUnlock.objects.exclude(paid_at=None).select_related("reader").order_by("-paid_at")

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Put the day of the refund, or the way to one, beside each."""
        for bought in object_list:
            bought.refund = _state_of(bought)
        return object_list


@require_http_methods(["GET", "POST"])
def refund_view(request: HttpRequest, unlock_id: int) -> HttpResponse:
    """Ask, then give the credits back and shut the page again.

    Where the reader is to keep the page, billing's screen gives the spend back and knows of no page.
    """
    if not policy.user_has_permission(request.user, "change"):
        raise PermissionDenied
    bought = get_object_or_404(PageUnlock.objects.exclude(paid_at=None), pk=unlock_id)
    if request.method == "GET":
        context = {
            "bought": bought,
            "price": price_label(bought.credits),
            "keep": reverse(GIVE_BACK, args=[bought.entry_id]),
            "back": reverse(INDEX),
        }
        return render(request, "home/admin/refund.html", context)
    try:
        refund(bought=bought, by=request.user)
    except billing.CreditsRefused as refused:
        messages.error(request, refused.sentence)
    else:
        price = price_label(bought.credits)
        messages.success(
            request, f"{bought.reader} has {price} back, and “{bought.page_title}” is shut again."
        )
    return redirect(INDEX)


def _state_of(bought: PageUnlock) -> str:
    if bought.refunded_at:
        return f"{bought.refunded_at:%d %B %Y}"
    return format_html('<a href="{}">Refund…</a>', reverse(REFUND, args=[bought.pk]))


class UnlocksMenuItem(MenuItem):  # type: ignore[misc]
    """An entry of the admin's Reports menu, for those who may see who bought what."""

    def is_shown(self, request: HttpRequest) -> bool:
        """With the permission to view or change."""
        return bool(policy.user_has_any_permission(request.user, ["view", "change"]))


def report_urls() -> list[Any]:
    """The addresses of the list and of the refund."""
    return [
        path("reports/page-unlocks/", PageUnlocksView.as_view(), name=INDEX),
        path("reports/page-unlocks/results/", PageUnlocksView.as_view(results_only=True), name=RESULTS),
        path("reports/page-unlocks/<int:unlock_id>/refund/", refund_view, name=REFUND),
    ]


def report_menu_item() -> UnlocksMenuItem:
    """Where billing admins find it."""
    return UnlocksMenuItem("Unlocked pages", reverse(INDEX), icon_name="lock-open", order=730)
