"""A link an editor can point at a page of the site or at any address."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from home.navigation.blocks import ADDRESS


class LinkValue(blocks.StructValue):
    """The link as templates use it."""

    @property
    def target(self) -> str:
        """The page's address, else the one typed in; empty when the page is gone or not published."""
        page = self.get("page")
        if page:
            return page.url or "" if page.live else ""
        return self.get("address") or ""


class LinkBlock(blocks.StructBlock):
    """A label and where it leads."""

    label = blocks.CharBlock(max_length=40, required=False)
    page = blocks.PageChooserBlock(required=False, help_text="A page of this site keeps working if it moves.")
    address = blocks.CharBlock(
        required=False,
        max_length=500,
        validators=[ADDRESS],
        help_text="Or an address: https://… elsewhere, /billing/ on this site.",
    )

    class Meta:
        icon = "link"
        value_class = LinkValue

    def clean(self, value: Any) -> Any:
        """A link with a label needs exactly one place to lead to."""
        cleaned = super().clean(value)
        targets = [name for name in ("page", "address") if cleaned.get(name)]
        if cleaned.get("label") and len(targets) != 1:
            message = ValidationError("Choose a page or type an address, one of the two.")
            raise StructBlockValidationError(block_errors={"page": message})
        if targets and not cleaned.get("label"):
            message = ValidationError("Say what the link is called, or remove where it leads.")
            raise StructBlockValidationError(block_errors={"label": message})
        return cleaned
