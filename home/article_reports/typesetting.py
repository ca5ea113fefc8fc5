"""Turns the content of a report into a PDF."""

from collections.abc import Callable, Iterator
from html import escape
from io import BytesIO
from itertools import chain, count
from re import sub
from typing import Any

from reportlab.platypus import (
    Flowable,
    HRFlowable,
    Image,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageBreak,
    Paragraph,
    Spacer,
    Table,
    XPreformatted,
)
from reportlab.platypus.tableofcontents import TableOfContents

from home.article_reports import content, styles
from home.article_reports.layout import Pages
from home.article_reports.rich_text import plain

COLUMNS_OF_CODE = 88
TALLEST_PICTURE = styles.HEIGHT * 0.55
TALLEST_COVER = styles.HEIGHT * 0.22

Numbers = Iterator[int]


def typeset(report: content.Report, *, beat: Callable[[], None] = lambda: None) -> bytes:
    """The report as a PDF; ``beat`` is called often while it is made, and may stop it by raising."""
    styles.ensure_fonts()
    target = BytesIO()
    pages = Pages(target, report, beat=beat)
    body = []
    for flowable in _flowables(report.parts, count(1)):
        beat()
        body.append(flowable)
    pages.multiBuild([*_opening(report), PageBreak(), *body] if body else list(_opening(report)))
    return target.getvalue()


def _opening(report: content.Report) -> Iterator[Flowable]:
    """The first page: what it is, how long it is, what is in it."""
    yield Paragraph(escape(report.site.upper()), styles.EYEBROW)
    yield _text(escape(plain(report.title)), styles.TITLE)
    if report.summary:
        yield _text(escape(plain(report.summary)), styles.LEAD)
    published = f"{report.published_on:%-d %B %Y}"
    yield _text(escape(" · ".join(filter(None, (plain(report.author), published)))), styles.BYLINE)
    if report.cover:
        yield from _picture(report.cover, tallest=TALLEST_COVER)
    yield _figures(report)
    if report.left_out:
        yield Paragraph(_with_address(report), styles.MISSING)
    yield _text(_made_for(report), styles.SMALL)
    if any(isinstance(part, content.Heading) for part in report.parts):
        yield Paragraph("Contents", styles.CONTENTS_TITLE)
        yield TableOfContents(levelStyles=styles.CONTENTS, dotsMinLevel=0, rightColumnWidth=24)


def _figures(report: content.Report) -> Table:
    cells = [
        [Paragraph(escape(figure), styles.FIGURE), Paragraph(escape(name), styles.FIGURE_NAME)]
        for figure, name in report.figures
    ]
    rules = [("LINEABOVE", (0, 0), (-1, 0), 1, styles.INK), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    table = Table([cells], colWidths=[styles.WIDTH / len(cells)] * len(cells), style=rules)
    table.hAlign, table.spaceBefore, table.spaceAfter = "LEFT", 10, 10
    return table


def _flowables(parts: tuple[content.Part, ...], numbers: Numbers) -> Iterator[Flowable]:
    """Each part as what ReportLab sets; ``numbers`` give headings their places."""
    for part in parts:
        yield from _MAKERS[type(part)](part, numbers)


def _heading(part: content.Heading, numbers: Numbers) -> Iterator[Flowable]:
    text = plain(part.text).strip()
    heading = Paragraph(escape(text), styles.HEADINGS[part.level])
    heading.mark = (f"part-{next(numbers)}", text, part.level - 1)
    yield heading


def _paragraph(part: content.Paragraph, numbers: Numbers) -> Iterator[Flowable]:
    yield _text(part.markup, styles.BODY)


def _quote(part: content.Quote, numbers: Numbers) -> Iterator[Flowable]:
    yield _text(part.markup, styles.QUOTE)


def _items(part: content.Items, numbers: Numbers) -> Iterator[Flowable]:
    items = [ListItem(list(_flowables(item, numbers)), spaceAfter=2) for item in part.items]
    kind: dict[str, Any] = {"bulletType": "1"} if part.numbered else {"bulletType": "bullet", "start": "•"}
    yield ListFlowable(
        items,
        leftIndent=18,
        bulletFontName="Text",
        bulletFontSize=10,
        bulletColor=styles.SOFT,
        **kind,
    )
    yield Spacer(1, 5)


def _code(part: content.Code, numbers: Numbers) -> Iterator[Flowable]:
    if part.label:
        yield _text(escape(plain(part.label)), styles.LABEL)
    lines = chain.from_iterable(_wrapped(line) for line in part.text.expandtabs(4).splitlines())
    yield XPreformatted("\n".join(map(escape, lines)), styles.CODE)


def _figure(part: content.Picture, numbers: Numbers) -> Iterator[Flowable]:
    return _picture(part, tallest=TALLEST_PICTURE)


def _break(part: content.Break, numbers: Numbers) -> Iterator[Flowable]:
    yield HRFlowable(width="30%", thickness=0.8, color=styles.LINE, spaceBefore=8, spaceAfter=12)


def _wrapped(line: str) -> list[str]:
    """One line of code as those that paper is wide enough for."""
    shown = sub(r"[\x00-\x1f\x7f]", " ", line)
    return [shown[at : at + COLUMNS_OF_CODE] for at in range(0, len(shown), COLUMNS_OF_CODE)] or [""]


def _picture(part: content.Picture, *, tallest: float) -> Iterator[Flowable]:
    found = part.load()
    if found is None:
        yield _text(escape(plain(f"A picture is missing here: {part.shows}")), styles.MISSING)
        return
    picture = Image(BytesIO(found))
    scale = min(styles.WIDTH / picture.imageWidth, tallest / picture.imageHeight, 1)
    picture.drawWidth, picture.drawHeight = picture.imageWidth * scale, picture.imageHeight * scale
    picture.hAlign = "LEFT"
    caption = [_text(escape(plain(part.caption)), styles.CAPTION)] if part.caption else [Spacer(1, 10)]
    yield KeepTogether([picture, *caption])


def _text(markup: str, style: Any) -> Paragraph:
    """A paragraph; markup that ReportLab does not take, as a link inside a link, becomes plain words."""
    try:
        return Paragraph(markup, style)
    except ValueError:
        return Paragraph(sub(r"<[^>]*>", "", markup), style)


def _made_for(report: content.Report) -> str:
    made = f"Made for {report.reader} on {report.made_on:%-d %B %Y}. For their own use. The article stands at"
    return f"{escape(plain(made))} {_link(report.address)}."


def _with_address(report: content.Report) -> str:
    return f"{escape(report.left_out)} What opens it is told at {_link(report.address)}."


def _link(address: str) -> str:
    return f'<a href="{escape(address)}" color="{content.LINK}">{escape(address)}</a>'


_MAKERS: dict[type, Callable[[Any, Numbers], Iterator[Flowable]]] = {
    content.Heading: _heading,
    content.Paragraph: _paragraph,
    content.Quote: _quote,
    content.Items: _items,
    content.Code: _code,
    content.Picture: _figure,
    content.Break: _break,
}
