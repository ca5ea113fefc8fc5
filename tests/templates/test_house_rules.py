"""What every template keeps to, so that the content security policy can stay strict."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

TEMPLATES = Path(settings.ROOT) / "templates"
PAGES = sorted(
    path
    for path in TEMPLATES.rglob("*.html")
    if "email" not in path.relative_to(TEMPLATES).parts  # mail programs know inline styles only
)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\b(src=|nonce=|type=\"application/))[^>]*>")
HANDLER = re.compile(r"<[^>]*\son[a-z]+=")
STYLE = re.compile(r"<style|\sstyle=")
STATIC = re.compile(r"{% static ['\"]([^'\"{]+)['\"]")
OPTIONAL = "socialaccount/"  # of an app that a site may add; reached only where it is installed
INCLUDE = re.compile(r"{% (?:include|extends) ['\"]([^'\"]+)['\"]")


def name(path: Path) -> str:
    """The template's name, as the test report shows it."""
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_page_has_inline_code_or_styles(path: Path) -> None:
    source = path.read_text()
    assert not INLINE_SCRIPT.search(source)
    assert not HANDLER.search(source)
    assert not STYLE.search(source)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_everything_a_template_names_exists(path: Path) -> None:
    source = path.read_text()
    for included in INCLUDE.findall(source):
        if not included.startswith(OPTIONAL):
            get_template(included)
    for asset in STATIC.findall(source):
        assert finders.find(asset), asset


def test_the_list_of_vendored_libraries_names_every_folder() -> None:
    vendor = Path(settings.ROOT) / "static" / "vendor"
    listed = (vendor / "README.md").read_text()
    for folder in vendor.iterdir():
        assert folder.is_file() or f"`{folder.name}/`" in listed
        assert folder.is_file() or list(folder.glob("LICENSE*"))


def test_every_stylesheet_is_linked_by_a_frame() -> None:
    linkers = ("includes/styles.html", "500.html", "wagtailadmin/admin_base.html")
    linked = "".join((TEMPLATES / linker).read_text() for linker in linkers)
    for path in (Path(settings.ROOT) / "static" / "css").glob("*.css"):
        assert f"css/{path.name}" in linked
