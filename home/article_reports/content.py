"""What a report of an article holds, part by part. Pure; no database.

``markup`` is text for ReportLab: escaped, with ``b``, ``i``, ``font`` and ``a`` as the only tags.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

LINK = "#17557d"
"""The colour of links, in the markup too."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the contents list; ``level`` 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    markup: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said."""

    markup: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; an item may hold another one."""

    items: tuple[tuple["Part", ...], ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code, with what stands above it."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a file that a PDF can hold; what it shows stands in for one that cannot be opened."""

    load: Callable[[], bytes | None]
    shows: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A line between two thoughts."""


Part = Heading | Paragraph | Quote | Items | Code | Picture | Break


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. ``left_out``: a sentence where some of the article is not open to the reader."""

    title: str
    address: str
    site: str
    reader: str
    made_on: date
    published_on: date
    author: str = ""
    summary: str = ""
    cover: Picture | None = None
    parts: tuple[Part, ...] = field(default=())
    words: int = 0
    minutes: int = 1
    left_out: str = ""

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The key figures, each with what it counts."""
        headings = sum(isinstance(part, Heading) for part in self.parts)
        pictures = sum(isinstance(part, Picture) for part in self.parts) + bool(self.cover)
        return [
            (f"{self.minutes} min", "reading time"),
            (f"{self.words:,}", "word" if self.words == 1 else "words"),
            (str(headings), "section" if headings == 1 else "sections"),
            (str(pictures), "picture" if pictures == 1 else "pictures"),
        ]
