"""Looks a page over for what a reader or a search engine would miss."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from home.gate.report import can_be_passed
from home.gate.rules import Rule
from home.gate.streams import DIVIDER, section_rules
from home.pages.base import SitePage

HEADING = re.compile(r"<h([2-4])\b")
FIRST_LEVEL = 2
PICTURES = {"cover": "The cover picture", "social_image": "The social image"}

NO_SUMMARY = (
    "It has no summary: lists, search results and shared links show its title only. Add one under Promote."
)
NO_DIVIDER = (
    "Not everyone may read it, and nothing shows before the paywall. "
    "Add a preview divider after the first paragraphs."
)
NOTHING_FREE = (
    "The preview divider is the first block, so nothing is free to read. Move it below the first paragraphs."
)
IDLE_DIVIDER = (
    "Everyone may read it, so its preview divider does nothing. "
    "Choose an audience under Access, or remove the divider."
)
NOBODY = (
    "Nobody can read its gated part: no plan on sale has the feature it asks for. "
    "Choose another audience, or have the feature put into a plan."
)
HEADINGS = (
    "Its headings skip a level, which is hard to follow with a screen reader. Begin with level 2, then 3."
)
NO_ALT = "{picture} has no alternative text. Describe it in the media library, unless it is only decoration."

Check = Callable[[SitePage, Rule], Iterator[str]]
Passable = Callable[[Rule], bool]


def find(page: SitePage, rule: Rule, *, passable: Passable = can_be_passed) -> list[str]:
    """Everything an editor should look at, as sentences; empty when there is nothing to do.

    ``passable`` says whether somebody can pass a rule, for a list that has asked already.
    """
    gates = [rule, *(one for name in page.gated_fields for one in section_rules(getattr(page, name)))]
    found = [] if all(map(passable, gates)) else [NOBODY]
    return found + _look_over(page, rule)


def _look_over(page: SitePage, rule: Rule) -> list[str]:
    return [sentence for check in CHECKS for sentence in check(page, rule)]


def _summary(page: SitePage, rule: Rule) -> Iterator[str]:
    if not (page.summary or page.search_description):
        yield NO_SUMMARY


def _divider(page: SitePage, rule: Rule) -> Iterator[str]:
    kinds = [block["type"] for block in _stored(page)]
    if rule.is_open and DIVIDER in kinds:
        yield IDLE_DIVIDER
    elif not rule.is_open and kinds and DIVIDER not in kinds:
        yield NO_DIVIDER
    elif not rule.is_open and kinds[:1] == [DIVIDER]:
        yield NOTHING_FREE


def _headings(page: SitePage, rule: Rule) -> Iterator[str]:
    before = FIRST_LEVEL - 1
    for level in _levels(page):
        if level > before + 1:
            yield HEADINGS
            return
        before = level


def _pictures(page: SitePage, rule: Rule) -> Iterator[str]:
    for field, name in PICTURES.items():
        image = getattr(page, field, None)
        if image is not None and not image.alt_text:
            yield NO_ALT.format(picture=name)


def _levels(page: SitePage) -> Iterator[int]:
    for block in _stored(page):
        if block["type"] == "text":
            yield from map(int, HEADING.findall(str(block["value"])))
        elif isinstance(block["value"], dict) and block["value"].get("heading"):
            yield FIRST_LEVEL


def _stored(page: SitePage) -> list[dict[str, Any]]:
    body = getattr(page, "body", None)
    return list(body.raw_data) if body is not None else []


CHECKS: tuple[Check, ...] = (_summary, _divider, _headings, _pictures)
