"""Colours code on the server, with classes only: the page's security policy allows no inline styles."""

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight as render
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

LANGUAGES = [
    ("text", "Plain text"),
    ("bash", "Shell"),
    ("python", "Python"),
    ("javascript", "JavaScript"),
    ("html", "HTML"),
    ("css", "CSS"),
    ("json", "JSON"),
    ("yaml", "YAML"),
    ("sql", "SQL"),
    ("toml", "TOML"),
]


def highlight(*, code: str, language: str) -> SafeString:
    """The code as HTML spans; a language that is no longer offered falls back to plain text."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    html: str = render(code, lexer, HtmlFormatter(nowrap=True))
    return mark_safe(html)  # noqa: S308 - Pygments escapes what it is given
