"""Pictures and players."""

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from home.videos import MAX_ADDRESS_LENGTH, find_video


def check_video(address: str) -> None:
    """Refuse an address behind which there is no video that the site can show."""
    if find_video(address) is None:
        raise ValidationError(
            "This is no address of a YouTube or Vimeo video. Copy it from the video's page."
        )


class FigureBlock(blocks.StructBlock):
    """One picture with its caption."""

    image = ImageBlock(help_text="Say what it shows, for readers who cannot see it.")
    caption = blocks.CharBlock(max_length=200, required=False)
    width = blocks.ChoiceBlock(
        choices=[("text", "As wide as the text"), ("wide", "Wider than the text")],
        default="text",
        search_index=False,
    )

    class Meta:
        icon = "image"
        label = "Image"
        template = "home/blocks/figure.html"
        preview_template = "home/previews/figure.html"
        description = "A picture, with a caption if it needs one."


class PlayerBlock(blocks.StructBlock):
    """A video, shown in its own player."""

    video = blocks.URLBlock(
        max_length=MAX_ADDRESS_LENGTH,
        validators=[check_video],
        help_text="The address of a video on YouTube or Vimeo.",
    )
    caption = blocks.CharBlock(max_length=200, required=False)

    class Meta:
        icon = "media"
        label = "Video"
        template = "home/blocks/player.html"
        description = "A video from YouTube or Vimeo."
        preview_value = {
            "video": "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
            "caption": "Nothing is loaded from there before a reader presses play.",
        }
