"""The page types of the site."""

from wagtail.models import Page


class HomePage(Page):
    """The front page."""
