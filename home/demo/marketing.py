"""Reads a page of the demo's marketing from TOML: its fields, and its blocks as they are stored."""

import tomllib
from typing import Any

from home.demo.pictures import Pictures
from home.demo.stories import CONTENT


def page_fields(name: str, pictures: Pictures) -> dict[str, Any]:
    """The fields of one page.

    A text that begins with ``image:`` becomes the stored picture of that name, ``photo:`` its primary key (as
    an image chooser stores it), ``picture:`` an image block.
    """
    facts = tomllib.loads((CONTENT / "marketing" / f"{name}.toml").read_text(encoding="utf-8"))
    return {field: _with_pictures(value, pictures) for field, value in facts.items()}


def _with_pictures(value: Any, pictures: Pictures) -> Any:
    if isinstance(value, dict):
        return {key: _with_pictures(part, pictures) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_pictures(part, pictures) for part in value]
    if isinstance(value, str):
        return _picture(value, pictures)
    return value


def _picture(text: str, pictures: Pictures) -> Any:
    kind, _colon, name = text.partition(":")
    if not name:
        return text
    if kind == "image":
        return pictures.get(name)
    if kind == "photo":
        return pictures.get(name).pk
    if kind == "picture":
        return pictures.block(name)
    return text
