"""The report of every published page with something to do."""

from functools import cache
from typing import Any

from django.urls import path, reverse
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import page_permission_policy

from home.content_checks.findings import find
from home.gate.report import can_be_passed
from home.gate.sections import rules_of
from home.pages.base import SitePage
from home.reports_menu import WORKS_ON_PAGES, PageReportMenuItem

INDEX = "content_checks_report"
RESULTS = "content_checks_report_results"


class ContentChecksReport(ReportView):
    """Pages the editor may change, with what was found on each; looked over anew on every visit."""

    page_title = "Content checks"
    header_icon = "glasses"
    index_url_name = INDEX
    index_results_url_name = RESULTS
    permission_policy = page_permission_policy
    any_permission_required = WORKS_ON_PAGES
    default_ordering = "title"
    list_export = ["title", "full_url", "findings"]
    export_headings = {"title": "Page", "full_url": "Address", "findings": "What to look at"}
    no_results_message = "Nothing to do: every published page is in order."

    columns = [
        TitleColumn(
            "title", label="Page", get_url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk])
        ),
        Column("findings", label="What to look at"),
        DateColumn("last_published_at", label="Published"),
    ]

    def get_queryset(self) -> Any:
        """The pages with findings."""
        editable = page_permission_policy.instances_user_has_permission_for(self.request.user, "change")
        self.found = findings_of(SitePage.objects.live().filter(pk__in=editable.values("pk")))
        return SitePage.objects.filter(pk__in=self.found).order_by("title")

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Put the sentences beside their pages."""
        for page in object_list:
            page.findings = " ".join(self.found[page.pk])
        return object_list


def findings_of(pages: Any) -> dict[int, list[str]]:
    """The findings of many pages by primary key, those without left out."""
    looked_at = list(pages.specific())
    rules = rules_of(looked_at)
    passable = cache(can_be_passed)
    found = {page.pk: find(page, rules[page.pk], passable=passable) for page in looked_at}
    return {pk: findings for pk, findings in found.items() if findings}


def report_urls() -> list[Any]:
    """The addresses of the report."""
    return [
        path("reports/content-checks/", ContentChecksReport.as_view(), name=INDEX),
        path("reports/content-checks/results/", ContentChecksReport.as_view(results_only=True), name=RESULTS),
    ]


def report_menu_item() -> PageReportMenuItem:
    """Where editors find it."""
    return PageReportMenuItem("Content checks", reverse(INDEX), icon_name="glasses", order=710)
