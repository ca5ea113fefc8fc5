"""The report of gated pages: who can read each, which plans open it, and what happened at its gate."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q, Sum
from django.urls import path, reverse
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import page_permission_policy

from billing import api as billing
from home.gate.audience import Audience
from home.gate.explorer import label_of
from home.gate.offers import price_label
from home.gate.rules import Rule
from home.gate.sections import rules_of
from home.gate.streams import section_rules
from home.gate.tally import COLUMNS
from home.pages.base import SitePage
from home.reports_menu import WORKS_ON_PAGES, PageReportMenuItem

INDEX = "gated_pages_report"
RESULTS = "gated_pages_report_results"
DAYS = 30
SUMS = {f"{column}_counted": column for column in COLUMNS}


class GatedPagesReport(ReportView):
    """Published pages with something that not everybody reads; the sums are those of the last 30 days."""

    page_title = "Gated pages"
    page_subtitle = f"the last {DAYS} days"
    header_icon = "lock"
    index_url_name = INDEX
    index_results_url_name = RESULTS
    permission_policy = page_permission_policy
    any_permission_required = WORKS_ON_PAGES
    list_export = ["title", "full_url", "readers", "opened_by", *SUMS]
    export_headings = {
        "title": "Page",
        "full_url": "Address",
        "readers": "Readers",
        "opened_by": "Opened by",
        "views_counted": "Views",
        "refusals_counted": "Refused",
        "unlocks_counted": "Unlocked",
        "sign_ups_counted": "Sign-ups that followed",
    }
    no_results_message = (
        "Every published page is open to everyone. Choose who can read a page or a section on its Access tab."
    )

    columns = [
        TitleColumn(
            "title", label="Page", get_url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk])
        ),
        Column("readers", label="Readers"),
        Column("opened_by", label="Opened by"),
        Column("views_counted", label="Views"),
        Column("refusals_counted", label="Refused"),
        Column("unlocks_counted", label="Unlocked"),
        Column("sign_ups_counted", label="Sign-ups"),
    ]

    def get_queryset(self) -> Any:
        """The pages, the one that refused most first."""
        editable = page_permission_policy.instances_user_has_permission_for(self.request.user, "change")
        self.rules = gated(SitePage.objects.live().filter(pk__in=editable.values("pk")))
        since = timezone.now().date() - timedelta(days=DAYS)
        recent = Q(gate_days__day__gt=since)
        sums = {name: Sum(f"gate_days__{of}", filter=recent, default=0) for name, of in SUMS.items()}
        return (
            SitePage.objects.filter(pk__in=self.rules).annotate(**sums).order_by("-refusals_counted", "title")
        )

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Put who reads, and what opens it, beside each page."""
        names, known = dict(billing.feature_choices()), {}
        for page in object_list:
            rules = self.rules[page.pk]
            known.update({rule: _opened_by(rule) for rule in rules if rule not in known})
            page.readers = "; ".join(label_of(rule, names) for rule in rules)
            page.opened_by = "; ".join(known[rule] for rule in rules)
        return object_list


def gated(pages: Any) -> dict[int, list[Rule]]:
    """The rules of the pages that are not for everyone, by primary key: the page's, then its sections'."""
    looked_at = list(pages.specific())
    rules = rules_of(looked_at)
    found = {page.pk: [rules[page.pk], *sorted(_inside(page), key=str)] for page in looked_at}
    shut = {pk: [rule for rule in some if not rule.is_open] for pk, some in found.items()}
    return {pk: list(dict.fromkeys(some)) for pk, some in shut.items() if some}


def can_be_passed(rule: Rule) -> bool:
    """Whether somebody could read: the feature is in a plan on sale or in the free one, or credits do."""
    if rule.audience in {Audience.EVERYONE, Audience.MEMBERS} or rule.credits:
        return True
    return bool(rule.feature) and bool(billing.plan_names_with(rule.feature))


def _inside(page: Any) -> Iterable[Rule]:
    for name in page.gated_fields:
        yield from section_rules(getattr(page, name))


def _opened_by(rule: Rule) -> str:
    if rule.audience is Audience.MEMBERS:
        return "Every account"
    ways = billing.plan_names_with(rule.feature) if rule.feature else []
    if rule.credits:
        ways = [*ways, price_label(rule.credits)]
    return ", ".join(ways) or "Nothing on sale"


def report_urls() -> list[Any]:
    """The addresses of the report."""
    return [
        path("reports/gated-pages/", GatedPagesReport.as_view(), name=INDEX),
        path("reports/gated-pages/results/", GatedPagesReport.as_view(results_only=True), name=RESULTS),
    ]


def report_menu_item() -> PageReportMenuItem:
    """Where editors find it."""
    return PageReportMenuItem("Gated pages", reverse(INDEX), icon_name="lock", order=700)
