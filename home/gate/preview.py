"""The plain words of a stream, for search and for counting."""

from wagtail.blocks import StreamValue


def stream_text(stream: StreamValue) -> str:
    """All searchable words of the blocks that are there, in order."""
    return " ".join(stream.stream_block.get_searchable_content(stream))
