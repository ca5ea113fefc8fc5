"""The content checker of Wagtail's userbar and checks panel, with this site's choice of rules."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.userbar import ContentCheckerItem

MORE_RULES = ["color-contrast", "duplicate-id-aria", "image-alt", "list", "page-has-heading-one"]


class SiteContentChecker(ContentCheckerItem):
    """Looks at what the editor wrote, not at header and footer, and for pictures without a description."""

    axe_include = ["main"]
    axe_run_only = [*ContentCheckerItem.axe_run_only, *MORE_RULES]
    axe_messages = {
        **ContentCheckerItem.axe_messages,
        "image-alt": {
            "error_name": "Picture without a description",
            "help_text": "Say in the image block what it shows, or mark it as decoration",
        },
        "page-has-heading-one": {
            "error_name": "The page has no main heading",
            "help_text": "Give the first block a heading",
        },
        "color-contrast": {
            "error_name": "Text is hard to read on its background",
            "help_text": "Tell a developer: the colours come from the site's design",
        },
    }


def use_site_checker(request: HttpRequest, items: list[Any], page: Any = None) -> None:
    """Put the site's checker in the place of Wagtail's."""
    for index, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[index] = SiteContentChecker(in_editor=item.in_editor)
