"""An editor's text as parts of a report: headings, paragraphs, quotes and lists. Pure; no database."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString, PageElement

from home.article_reports.content import LINK, Break, Heading, Items, Paragraph, Part, Quote

LEVELS = {"h1": 1, "h2": 1, "h3": 2, "h4": 3, "h5": 3, "h6": 3}
INLINE = {"b": "b", "strong": "b", "i": "i", "em": "i"}
SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
OPENED_BY_PEOPLE = ("http://", "https://", "mailto:", "tel:")


def parts_of(html: str, *, base: str) -> tuple[Part, ...]:
    """The parts of a text whose links are addresses; those on this site get ``base`` in front.

    What is not understood is kept as its words, so that nothing an editor wrote is missing.
    """
    return tuple(_parts(BeautifulSoup(html, "html.parser").children, base))


def plain(text: str) -> str:
    """Text with one space wherever there was room, and without what no printer knows."""
    return SPACE.sub(" ", text)


def _parts(elements: Iterable[PageElement], base: str) -> Iterator[Part]:
    loose: list[PageElement] = []
    for element in elements:
        if isinstance(element, Tag) and element.name in _BLOCKS:
            yield from _paragraph(loose, base)
            loose = []
            yield from _BLOCKS[element.name](element, base)
        else:
            loose.append(element)
    yield from _paragraph(loose, base)


def _paragraph(elements: Iterable[PageElement], base: str) -> Iterator[Part]:
    markup = "".join(_inline(element, base) for element in elements).strip()
    if markup:
        yield Paragraph(markup)


def _heading(tag: Tag, base: str) -> Iterator[Part]:
    text = plain(tag.get_text(" ")).strip()
    if text:
        yield Heading(text, LEVELS[tag.name])


def _quote(tag: Tag, base: str) -> Iterator[Part]:
    markup = "".join(_inline(child, base) for child in tag.children).strip()
    if markup:
        yield Quote(markup)


def _items(tag: Tag, base: str) -> Iterator[Part]:
    items = [tuple(_parts(item.children, base)) for item in tag.find_all("li", recursive=False)]
    filled = tuple(item for item in items if item)
    if filled:
        yield Items(filled, numbered=tag.name == "ol")


def _inside(tag: Tag, base: str) -> Iterator[Part]:
    return _parts(tag.children, base)


def _break(tag: Tag, base: str) -> Iterator[Part]:
    yield Break()


_BLOCKS = {
    **dict.fromkeys(LEVELS, _heading),
    "p": _inside,
    "div": _inside,
    "blockquote": _quote,
    "ul": _items,
    "ol": _items,
    "hr": _break,
}


def _inline(element: PageElement, base: str) -> str:
    if isinstance(element, Comment):
        return ""
    if isinstance(element, NavigableString):
        return escape(plain(element))
    if not isinstance(element, Tag):
        return ""
    inner = "".join(_inline(child, base) for child in element.children)
    return _wrapped(element, inner, base)


def _wrapped(tag: Tag, inner: str, base: str) -> str:
    if tag.name == "br":
        return "<br/>"
    if tag.name in INLINE:
        return f"<{INLINE[tag.name]}>{inner}</{INLINE[tag.name]}>"
    if tag.name == "code":
        return f'<font face="Mono">{inner}</font>'
    if tag.name == "a" and (address := _address(str(tag.get("href") or ""), base)):
        return f'<a href="{escape(address)}" color="{LINK}">{inner}</a>'
    return inner


def _address(href: str, base: str) -> str:
    """A link that works outside the site, or nothing."""
    if not href:
        return ""
    address = urljoin(f"{base}/", href)
    return address if address.startswith(OPENED_BY_PEOPLE) else ""
