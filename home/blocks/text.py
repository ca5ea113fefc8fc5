"""Words: running text and code."""

from typing import Any
from zlib import crc32

from wagtail import blocks

from home.blocks.highlighting import LANGUAGES, highlight

TEXT_FEATURES = [
    "h2", "h3", "h4", "bold", "italic", "code", "ol", "ul", "hr", "blockquote", "link", "document-link",
]  # fmt: skip
INLINE_FEATURES = ["bold", "italic", "code", "link", "document-link"]


class TextBlock(blocks.RichTextBlock):
    """Headings, paragraphs, lists and links."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": TEXT_FEATURES, **kwargs})

    class Meta:
        icon = "pilcrow"
        template = "home/blocks/text.html"
        label = "Text"
        description = "Headings, paragraphs, lists, quotes and links."
        preview_value = "<h2>What you get</h2><p>A few <b>clear</b> sentences, and a list where it helps.</p>"


class CodeBlock(blocks.StructBlock):
    """A piece of code, coloured on the server."""

    language = blocks.ChoiceBlock(choices=LANGUAGES, default="text")
    file_name = blocks.CharBlock(max_length=80, required=False, help_text="Shown above the code.")
    code = blocks.TextBlock(rows=8)

    class Meta:
        icon = "code"
        template = "home/blocks/code.html"
        description = "A piece of code or a command, coloured and easy to copy."
        preview_value = {
            "language": "python",
            "file_name": "greet.py",
            "code": 'def greet(name: str) -> str:\n    return f"Hello, {name}"',
        }

    def get_context(self, value: Any, parent_context: Any = None) -> Any:
        """Add the code as marked-up HTML, and the name of its language."""
        context = super().get_context(value, parent_context)
        context["highlighted"] = highlight(code=value["code"], language=value["language"])
        context["code_id"] = f"code-{crc32(value['code'].encode()):08x}"
        context["language_name"] = dict(LANGUAGES).get(value["language"], "Code")
        return context
