"""The pages of a report: a running foot with the page's number, and headings that the contents list knows."""

from collections.abc import Callable
from typing import Any, BinaryIO

from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from home.article_reports import styles
from home.article_reports.content import Report
from home.article_reports.rich_text import plain

LONGEST_FOOT = 90


class Pages(BaseDocTemplate):  # type: ignore[misc]
    """A4 pages; set twice, so that the contents list and the foot know how many there are.

    ``beat`` is called with every part that is set: who makes the report says that the work goes on.
    """

    def __init__(self, target: BinaryIO, report: Report, *, beat: Callable[[], None]) -> None:
        super().__init__(
            target,
            pagesize=styles.PAGE,
            title=plain(report.title),
            author=plain(report.author or report.site),
            subject=plain(report.summary),
            creator=plain(report.site),
            lang="en",
        )
        self.total = 0
        self._beat = beat
        self._foot = _shortened(plain(f"{report.site} · {report.title}"))
        frame = Frame(
            styles.MARGIN,
            styles.MARGIN + 6,
            styles.WIDTH,
            styles.HEIGHT,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        self.addPageTemplates(PageTemplate(id="page", frames=[frame], onPage=self._draw_foot))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  (ReportLab's name)
        """Tell the contents list and the bookmarks of a heading; say that the work goes on."""
        self._beat()
        mark = getattr(flowable, "mark", None)
        if mark is None:
            return
        key, text, level = mark
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level=level, closed=False)
        self.notify("TOCEntry", (level, flowable.text, self.page, key))

    def afterPage(self) -> None:  # noqa: N802  (ReportLab's name)
        """Remember the number of pages for the next round."""
        self.total = max(self.total, self.page)

    def _draw_foot(self, canvas: Any, doc: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setStrokeColor(styles.LINE)
        canvas.setLineWidth(0.5)
        bottom = styles.MARGIN - 10
        canvas.line(styles.MARGIN, bottom + 12, styles.PAGE[0] - styles.MARGIN, bottom + 12)
        canvas.setFont("Text", 8)
        canvas.setFillColor(styles.SOFT)
        canvas.drawString(styles.MARGIN, bottom, self._foot)
        last = max(self.total, self.page)
        canvas.drawRightString(styles.PAGE[0] - styles.MARGIN, bottom, f"{self.page} / {last}")
        canvas.restoreState()


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_FOOT else f"{words[: LONGEST_FOOT - 1]}…"
