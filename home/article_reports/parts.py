"""An article as far as one reader may see it, as the content of a report."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from html import escape
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.images.exceptions import UnknownOutputImageFormatError
from wagtail.images.models import SourceImageIOError
from wagtail.rich_text import expand_db_html

from home.article_reports.content import Code, Heading, Items, Paragraph, Part, Picture, Report
from home.article_reports.rich_text import parts_of
from home.gate.reading import Reading
from home.gate.streams import words
from home.navigation.models import Navigation
from home.pages.articles import WORDS_PER_MINUTE, ArticlePage
from home.videos import find_video

FIT = "max-1600x1600|format-jpeg|jpegquality-82|bgcolor-ffffff"
LEFT_OUT = "A part of this article is not open to you, so this report leaves it out."


def report_of(page: ArticlePage, reader: Any) -> Report:
    """What ``reader`` may read of ``page`` at this moment; the page is cut to that and cannot be saved after.

    A page that counts against a quota is in it once the reader has opened it: a report opens nothing.
    """
    page.narrow_to(Reading(page, reader))
    count = len(words(page.body).split())
    return Report(
        title=page.title,
        address=page.full_url or settings.SITE_URL,
        site=_name_of_site(page),
        reader=reader.get_full_name() or reader.get_username(),
        made_on=timezone.localdate(),
        published_on=page.date,
        author=str(page.author or ""),
        summary=page.summary,
        cover=_picture(page.cover) if page.cover else None,
        parts=tuple(_parts(page.body)),
        words=count,
        minutes=max(1, round(count / WORDS_PER_MINUTE)),
        left_out=LEFT_OUT if page.reading and page.reading.was_refused else "",
    )


def _name_of_site(page: ArticlePage) -> str:
    """As it stands in the header of the article's site."""
    site = page.get_site()
    organisation = Navigation.for_site(site).organisation if site else ""
    return organisation or settings.WAGTAIL_SITE_NAME


def leaves_out(page: ArticlePage, reader: Any) -> bool:
    """Whether a report of the page would be without a part of it for this reader."""
    reading = Reading(page, reader)
    reading.visible(page.body)
    return reading.was_refused


def _parts(stream: Iterable[Any]) -> Iterator[Part]:
    for block in stream:
        if made := _MAKERS.get(block.block_type):
            yield from made(block.value)


def _text(value: Any) -> tuple[Part, ...]:
    return parts_of(expand_db_html(value.source), base=settings.SITE_URL)


def _code(value: Any) -> Iterator[Part]:
    yield Code(value["code"], value["file_name"])


def _figure(value: Any) -> Iterator[Part]:
    if value["image"]:
        yield _picture(value["image"], caption=value["caption"])


def _video(value: Any) -> Iterator[Part]:
    video = find_video(value["video"])
    if video:
        link = f'<a href="{escape(video.watch_url)}">{escape(video.watch_url)}</a>'
        yield Paragraph(f"{escape(value['caption'] or 'Video')}: {link}")


def _steps(value: Any) -> Iterator[Part]:
    if value["heading"]:
        yield Heading(value["heading"])
    steps = [(_strong(step["title"]), *_text(step["text"])) for step in value["items"]]
    yield Items(tuple(steps), numbered=True)
    for step in value["items"]:
        if step["image"]:
            yield _picture(step["image"], caption=step["title"])


def _faq(value: Any) -> Iterator[Part]:
    if value["heading"]:
        yield Heading(value["heading"])
    for item in value["items"]:
        yield _strong(item["question"])
        yield from _text(item["answer"])


def _section(value: Any) -> Iterator[Part]:
    """A members-only section; one that the reader may not see has no content left."""
    return _parts(value["content"])


def _strong(words_: str) -> Paragraph:
    return Paragraph(f"<b>{escape(words_)}</b>")


def _picture(image: Any, *, caption: str = "") -> Picture:
    shows = getattr(image, "contextual_alt_text", None) or image.default_alt_text
    return Picture(partial(_load, image), shows or image.title, caption or "")


def _load(image: Any) -> bytes | None:
    """The picture in a size for paper; nothing where its file is gone or broken."""
    try:
        with image.get_rendition(FIT).file.open("rb") as file:
            content: bytes = file.read()
    except (OSError, SourceImageIOError, UnknownOutputImageFormatError):
        return None
    return content


_MAKERS: dict[str, Callable[[Any], Iterable[Part]]] = {
    "text": _text,
    "code": _code,
    "image": _figure,
    "video": _video,
    "steps": _steps,
    "faq": _faq,
    "members_only": _section,
}
"""What invites to something else, such as a call to action, is not part of a report."""
