"""Reads a story from a file: facts in TOML between two lines of +++, then HTML that is cut into blocks.

Comments cut the HTML: ``<!-- preview divider -->`` ends the free part, ``<!-- code: python -->`` begins a
piece of code and ``<!-- end -->`` ends it.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
MARK = re.compile(r"<!-- (preview divider|code: \w+|end) -->\n?")

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """Facts about a page, and its body as the stored form of a stream."""

    facts: dict[str, Any]
    body: list[Block]


def stories(folder: str) -> list[Story]:
    """Every story of a folder, in the order of the file names."""
    return [parse(path.read_text(encoding="utf-8")) for path in sorted((CONTENT / folder).glob("*.html"))]


def parse(text: str) -> Story:
    """One story from the text of its file. Raises ValueError if it does not open with its facts."""
    before, marker, rest = text.partition("+++\n")
    facts, second, html = rest.partition("+++\n")
    if before or not marker or not second:
        raise ValueError("A story opens with its facts between two lines of +++.")
    return Story(facts=tomllib.loads(facts), body=list(_blocks(html)))


def _blocks(html: str) -> list[Block]:
    blocks: list[Block] = []
    language = ""
    for index, piece in enumerate(MARK.split(html)):
        if index % 2 == 0:
            if piece.strip():
                blocks.append(
                    _code(piece, language) if language else {"type": "text", "value": piece.strip()}
                )
        elif piece == "preview divider":
            blocks.append({"type": "preview_divider", "value": None})
        else:
            language = piece.removeprefix("code: ") if piece.startswith("code: ") else ""
    return blocks


def _code(piece: str, language: str) -> Block:
    return {"type": "code", "value": {"language": language, "file_name": "", "code": piece.strip("\n")}}
