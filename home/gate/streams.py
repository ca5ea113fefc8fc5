"""Cuts what a reader may not see out of a stream: on its stored values, before any block is built."""

from collections.abc import Callable
from typing import Any

from wagtail.blocks import StreamValue

from home.gate.rules import Rule, rule_from

DIVIDER = "preview_divider"
MEMBERS_ONLY = "members_only"

Stored = dict[str, Any]
MayRead = Callable[[Rule], bool]


def parts(stream: StreamValue) -> tuple[StreamValue, StreamValue]:
    """What stands above the preview divider, and below it. Without a divider all of it stands below."""
    stored = list(stream.raw_data)
    cut = next((index for index, block in enumerate(stored) if block["type"] == DIVIDER), None)
    if cut is None:
        return rebuilt(stream, []), rebuilt(stream, stored)
    return rebuilt(stream, stored[:cut]), rebuilt(stream, stored[cut + 1 :])


def without_hidden_sections(stream: StreamValue, may_read: MayRead) -> StreamValue:
    """The stream with the content of the members-only sections that ``may_read`` refuses taken out."""
    return rebuilt(stream, [_emptied_if_hidden(block, may_read) for block in stream.raw_data])


def rules_over(stream: StreamValue, block_id: str, page_rule: Rule) -> set[Rule] | None:
    """The rules that a reader must pass to see into a top-level block; None if no such block is there."""
    above, below = parts(stream)
    for side, rules in ((above, set()), (below, {page_rule})):
        for block in side.raw_data:
            if block.get("id") == block_id:
                return rules | ({_section_rule(block)} if block["type"] == MEMBERS_ONLY else set())
    return None


def section_rules(stream: StreamValue) -> set[Rule]:
    """The rules of the members-only sections in the stream."""
    return {_section_rule(block) for block in stream.raw_data if block["type"] == MEMBERS_ONLY}


def rebuilt(stream: StreamValue, stored: list[Stored]) -> StreamValue:
    """A stream of the same kind with other content."""
    return StreamValue(stream.stream_block, stored, is_lazy=True)


def words(stream: StreamValue) -> str:
    """All searchable words of the blocks that are there, in order."""
    return " ".join(stream.stream_block.get_searchable_content(stream))


def _emptied_if_hidden(block: Stored, may_read: MayRead) -> Stored:
    if block["type"] != MEMBERS_ONLY or may_read(_section_rule(block)):
        return block
    return {**block, "value": {**block["value"], "content": []}}


def _section_rule(block: Stored) -> Rule:
    value = block["value"]
    return rule_from(value.get("audience"), value.get("feature"), value.get("credits"))
