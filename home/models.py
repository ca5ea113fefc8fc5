"""The page types of the site."""

from wagtail.models import Page

from home.navigation.models import Navigation

__all__ = ["HomePage", "Navigation"]


class HomePage(Page):
    """The front page."""
