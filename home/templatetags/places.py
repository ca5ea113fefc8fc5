"""Where a reader finds something to read, for pages outside the tree such as the dashboard."""

from typing import Any

from django import template
from wagtail.models import Site

from home.pages.articles import ArticleIndexPage
from home.pages.base import SitePage
from home.pages.help import HelpIndexPage

register = template.Library()


@register.simple_tag(takes_context=True)
def places_to_read(context: template.Context) -> list[SitePage]:
    """The sections of articles and the help that stand right under the front page."""
    request: Any = context["request"]
    front = Site.find_for_request(request).root_page
    return [
        place for kind in (ArticleIndexPage, HelpIndexPage) for place in kind.objects.live().child_of(front)
    ]
