"""What a reader ordered, newest first."""

from typing import Any

from home.article_reports.models import ArticleReport

SHOWN = 30


def reports_of(reader: Any) -> list[ArticleReport]:
    """Their latest orders with the articles they are of. One query."""
    return list(ArticleReport.objects.filter(reader=reader).select_related("page").order_by("-id")[:SHOWN])
