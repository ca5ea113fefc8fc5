"""Says what was found in the moment when an editor publishes, and never stands in the way of it."""

from django.contrib import messages
from django.http import HttpRequest
from wagtail.models import Page

from home.content_checks.findings import find
from home.gate.sections import rule_of
from home.pages.base import SitePage


def tell_findings(request: HttpRequest, page: Page) -> None:
    """One warning per finding; none for a page that is in order."""
    specific = page.specific
    if isinstance(specific, SitePage):
        for finding in find(specific, rule_of(specific)):
            messages.warning(request, f"“{specific.title}” is published. {finding}")
