"""Pictures and players."""

from wagtail import blocks
from wagtail.embeds.blocks import EmbedBlock
from wagtail.images.blocks import ImageBlock


class FigureBlock(blocks.StructBlock):
    """One picture with its caption."""

    image = ImageBlock(help_text="Say what it shows, for readers who cannot see it.")
    caption = blocks.CharBlock(max_length=200, required=False)
    width = blocks.ChoiceBlock(
        choices=[("text", "As wide as the text"), ("wide", "Wider than the text")], default="text"
    )

    class Meta:
        icon = "image"
        label = "Image"
        template = "home/blocks/figure.html"
        description = "A picture, with a caption if it needs one."


class PlayerBlock(blocks.StructBlock):
    """A video, shown in its own player."""

    video = EmbedBlock(help_text="The address of a video on YouTube or Vimeo.", max_width=1200)
    caption = blocks.CharBlock(max_length=200, required=False)

    class Meta:
        icon = "media"
        label = "Video"
        template = "home/blocks/player.html"
        description = "A video from YouTube or Vimeo."
