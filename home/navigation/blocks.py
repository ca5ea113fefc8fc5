"""The parts of header and footer that an editor fills in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from wagtail import blocks

ADDRESS = RegexValidator(
    r"^(/(?!/)|#|https?://|mailto:|tel:)\S*$",
    "Start the address with https://, with mailto:, tel:, # or, for this site, with a single /.",
)
NETWORKS = [
    ("github", "GitHub"),
    ("linkedin", "LinkedIn"),
    ("mastodon", "Mastodon"),
    ("bluesky", "Bluesky"),
    ("youtube", "YouTube"),
    ("rss", "Feed"),
    ("other", "Another place"),
]


class LinkBlock(blocks.StructBlock):
    """A page of this site, or an address; a page wins, because it is followed when it moves."""

    label = blocks.CharBlock(
        required=False, max_length=40, help_text="Leave empty to print the title of the page."
    )
    page = blocks.PageChooserBlock(
        required=False, help_text="Hidden by itself while the page is not published."
    )
    url = blocks.CharBlock(
        required=False,
        max_length=500,
        label="Or an address",
        validators=[ADDRESS],
        help_text="/pricing/ or https://…",
    )

    class Meta:
        icon = "link"
        label = "Link"
        label_format = "{label} {page} {url}"

    def clean(self, value: Any) -> Any:
        """A link leads somewhere and has a name."""
        cleaned = super().clean(value)
        errors = {}
        if not cleaned["page"] and not cleaned["url"]:
            errors["page"] = ValidationError("Choose a page, or type an address below.")
        if cleaned["page"] and cleaned["url"]:
            errors["url"] = ValidationError("This link has a page already. Remove one of the two.")
        if cleaned["url"] and not cleaned["label"]:
            errors["label"] = ValidationError("An address has no title of its own: type the words to print.")
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned


class HeaderItemBlock(LinkBlock):
    """One entry of the main menu, with an optional list that opens below it."""

    children = blocks.ListBlock(
        LinkBlock(), required=False, default=[], max_num=8, label="Opens a list of", collapsed=True
    )

    class Meta:
        icon = "list-ul"
        label = "Menu entry"
        label_format = "{label} {page} {url}"


class FooterColumnBlock(blocks.StructBlock):
    """A titled column of links at the foot of every page."""

    title = blocks.CharBlock(max_length=40)
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=10)

    class Meta:
        icon = "list-ul"
        label = "Column"
        label_format = "{title}"


class SocialLinkBlock(blocks.StructBlock):
    """Where else the organisation can be found."""

    network = blocks.ChoiceBlock(choices=NETWORKS)
    url = blocks.URLBlock(label="Address", max_length=500)

    class Meta:
        icon = "globe"
        label = "Social link"
        label_format = "{network} {url}"


class HeaderBlock(blocks.StreamBlock):
    """The main menu."""

    item = HeaderItemBlock()

    class Meta:
        collapsed = True


class FooterBlock(blocks.StreamBlock):
    """The columns of the footer."""

    column = FooterColumnBlock()

    class Meta:
        collapsed = True


class SocialBlock(blocks.StreamBlock):
    """The social links."""

    profile = SocialLinkBlock()

    class Meta:
        collapsed = True


class LinksBlock(blocks.StreamBlock):
    """Links one after the other."""

    link = LinkBlock()
