"""Draws the player of a video; until the reader plays it, nothing is asked of YouTube or Vimeo."""

from django import template

from home.videos import find_video

register = template.Library()


@register.inclusion_tag("home/video.html")
def video_player(address: str, title: str = "") -> dict[str, object]:
    """The facade of one video; an address that is not a video's draws nothing."""
    return {"video": find_video(address), "title": title}
