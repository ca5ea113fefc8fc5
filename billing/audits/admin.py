"""The audit log in the admin: one list over everything, quick at any length, with both sides of a change."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail_modeladmin.helpers.search import BaseSearchHandler

from billing.audits.filters import DayFilter, KindFilter, PersonFilter
from billing.audits.models import AuditEntry
from billing.audits.queries import COUNTED, BoundedEntries
from billing.screens import BillingIndexView, ReadOnlyAdmin, ReadOnlyInspectView, described, status_tag

LONGEST = 80
MOST_WORDS = 10
# What PostgreSQL's parser makes words of; the rest would be operators of its search language.
WORD = re.compile(r"[\w@.+/-]+")
# The number of a request, as the site makes it.
REQUEST = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a change, before and after."""

    field: str
    before: str
    after: str


class WordSearch(BaseSearchHandler):  # type: ignore[misc]
    """Finds a request by its number, or the beginnings of words in what, name, who, why and where."""

    def search_queryset(
        self, queryset: QuerySet[AuditEntry], search_term: str, *, whole: bool = False, **_: Any
    ) -> QuerySet[AuditEntry]:
        """The newest entries that have every word, or the ``whole`` of them.

        They are found first, by the index on words, and in a query of their own: joined to the log again in
        one, PostgreSQL would rather read all of it.
        """
        if REQUEST.fullmatch(search_term.strip().lower()):
            return queryset.filter(request_id=search_term.strip().lower())
        words = WORD.findall(search_term)
        if not words:
            return queryset.none() if search_term.strip() else queryset
        query = " & ".join(f"'{word}':*" for word in words[:MOST_WORDS])
        found = AuditEntry.objects.filter(words=SearchQuery(query, search_type="raw", config="simple"))
        newest = found.order_by("-id").values_list("pk", flat=True)
        return queryset.filter(pk__in=newest if whole else list(newest[:COUNTED]))


class AuditIndexView(BillingIndexView):
    """Exports row by row, so that a long log needs no more memory than a short one."""

    def stream_csv(self, queryset: QuerySet[AuditEntry]) -> Iterator[Any]:
        """As Wagtail's, reading a thousand at a time."""
        return super().stream_csv(queryset.iterator(chunk_size=1000))  # type: ignore[no-any-return]

    def write_xlsx(self, queryset: QuerySet[AuditEntry], output: Any) -> None:
        """The same for Excel."""
        super().write_xlsx(queryset.iterator(chunk_size=1000), output)


class AuditInspectView(ReadOnlyInspectView):
    """One change: both sides beside each other, and what else happened to the row and with it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The lines, and the other entries of the same transaction."""
        entry: AuditEntry = self.instance
        together = AuditEntry.objects.filter(transaction=entry.transaction).exclude(pk=entry.pk)
        return super().get_context_data(  # type: ignore[no-any-return]
            lines=list(lines_of(entry)),
            together=together.order_by("id")[:50],
            same_row=f"{self.index_url}?{urlencode({'kind': entry.kind, 'row_id__exact': entry.row_id})}",
            **kwargs,
        )


class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed what, when, why and from where. Written by the database; nothing here can be changed."""

    model = AuditEntry
    menu_label = "Audit log"
    menu_icon = "history"
    base_url_path = "billing/audit-log"
    export_filename = "audit-log"
    index_view_class = AuditIndexView
    inspect_view_class = AuditInspectView
    inspect_template_name = "modeladmin/billing/auditentry/inspect.html"
    empty_title = "Nothing is in the audit log yet"
    empty_text = "Every change of plans, prices, features, grants and subscriptions writes itself here."
    list_display = ["moment", "what", "change", "who", "origin_name", "reason"]
    list_export = [
        "at",
        "kind",
        "row_id",
        "label",
        "operation",
        "before",
        "after",
        "user_id",
        "user_email",
        "why",
        "origin",
        "place",
        "transaction",
        "request_id",
    ]
    list_filter = [KindFilter, PersonFilter, "origin", DayFilter]
    search_handler_class = WordSearch
    search_fields = ["words"]
    inspect_view_fields = [
        "moment",
        "what",
        "operation",
        "who",
        "why",
        "origin_name",
        "place",
        "request_link",
        "transaction",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Entries that count themselves no further than a list shows."""
        return BoundedEntries(AuditEntry).defer("words")

    def get_extra_search_kwargs(self, request: HttpRequest, search_term: str) -> dict[str, Any]:
        """What is exported is looked for to the end."""
        return {"whole": bool(request.GET.get("export"))}

    @described("at, UTC", order="at")
    def moment(self, entry: AuditEntry) -> str:
        """To the second."""
        return f"{entry.at:%Y-%m-%d %H:%M:%S}"

    def what(self, entry: AuditEntry) -> SafeString:
        """What was changed, by the name it had."""
        return format_html("{} <b>{}</b>", entry.kind.capitalize(), _short(entry.label) or entry.row_id)

    def change(self, entry: AuditEntry) -> SafeString:
        """What happened to it, and to which of its fields."""
        tag = status_tag(entry.get_operation_display().lower())
        if entry.operation != AuditEntry.Operation.UPDATE:
            return tag
        return format_html("{} {}", tag, _short(", ".join(_words(field) for field in entry.after or {})))

    def who(self, entry: AuditEntry) -> SafeString | str:
        """The address as of then, with a link to everything that person did."""
        if not entry.user_email:
            return ""
        query = urlencode({"user_email__exact": entry.user_email})
        return format_html('<a href="{}?{}">{}</a>', self.url_helper.index_url, query, entry.user_email)

    @described("why")
    def reason(self, entry: AuditEntry) -> str:
        """As far as somebody said one."""
        return _short(entry.why)

    @described("from where")
    def origin_name(self, entry: AuditEntry) -> str:
        """The admin, the site, a job…"""
        return entry.get_origin_display()

    @described("request")
    def request_link(self, entry: AuditEntry) -> SafeString | str:
        """Its number, with a link to everything it changed; jobs and commands have none."""
        if not entry.request_id:
            return ""
        query = urlencode({"request_id__exact": entry.request_id})
        return format_html('<a href="{}?{}">{}</a>', self.url_helper.index_url, query, entry.request_id)


def lines_of(entry: AuditEntry) -> Iterator[Line]:
    """The fields of a change; an empty side is one that was not there."""
    before, after = entry.before or {}, entry.after or {}
    for field in {**before, **after}:
        yield Line(_words(field), _said(before.get(field)), _said(after.get(field)))


def _words(field: str) -> str:
    return field.removesuffix("_id").replace("_", " ")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
