"""The report of help pages by how much they helped, the least helpful first."""

from typing import Any

from django.db.models import Count, F, Q
from django.urls import path, reverse
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import page_permission_policy

from home.pages.help import HelpPage
from home.reports_menu import WORKS_ON_PAGES, PageReportMenuItem

INDEX = "help_votes_report"
RESULTS = "help_votes_report_results"
HELPED = Count("votes", filter=Q(votes__is_helpful=True))
DID_NOT = Count("votes", filter=Q(votes__is_helpful=False))


class HelpVotesReport(ReportView):
    """Help pages that somebody voted on."""

    page_title = "Was it helpful?"
    header_icon = "help"
    index_url_name = INDEX
    index_results_url_name = RESULTS
    permission_policy = page_permission_policy
    any_permission_required = WORKS_ON_PAGES
    list_export = ["title", "helped", "did_not"]
    export_headings = {"title": "Page", "helped": "Yes", "did_not": "No"}
    no_results_message = (
        "Nobody has said yet whether a help page helped. The question stands below each of them."
    )

    columns = [
        TitleColumn(
            "title", label="Page", get_url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk])
        ),
        Column("helped", label="Yes"),
        Column("did_not", label="No"),
    ]

    def get_queryset(self) -> Any:
        """Most often unhelpful first."""
        voted = HelpPage.objects.annotate(helped=HELPED, did_not=DID_NOT)
        return voted.filter(votes__isnull=False).distinct().order_by(F("did_not").desc(), "helped", "title")


def report_urls() -> list[Any]:
    """The addresses of the report."""
    return [
        path("reports/help-votes/", HelpVotesReport.as_view(), name=INDEX),
        path("reports/help-votes/results/", HelpVotesReport.as_view(results_only=True), name=RESULTS),
    ]


def report_menu_item() -> PageReportMenuItem:
    """Where editors find it."""
    return PageReportMenuItem("Was it helpful?", reverse(INDEX), icon_name="help", order=720)
