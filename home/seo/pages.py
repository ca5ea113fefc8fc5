"""Which schema.org things describe which type of page."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from billing import api as billing
from home.gate.sections import rule_of
from home.navigation.links import SiteSettings
from home.pages.articles import ArticlePage
from home.pages.base import SitePage
from home.pages.pricing import PricingPage
from home.seo import structured
from home.seo.cards import Card


def describe(page: SitePage, card: Card, request: HttpRequest, site: SiteSettings) -> structured.Thing:
    """What search engines may know about a page; of a page with an audience, no word of its body."""
    is_free = not page.is_paywalled if page.reading else rule_of(page).is_open
    things = [structured.organisation(site), structured.website(site)]
    if page.trail:
        things.append(structured.breadcrumbs([*page.trail, page], request))
    if isinstance(page, ArticlePage):
        things.append(structured.article(page, card, is_free=is_free))
    if isinstance(page, PricingPage) and (sold := _sold()):
        things.append(structured.offers(site, sold, card))
    if is_free and (asked := list(_questions(page))):
        things.append(structured.questions(asked))
    return structured.graph(things)


def _sold() -> list[billing.PlanCard]:
    return [plan for plan in billing.pricing() if plan.prices]


def _questions(page: SitePage) -> Iterator[tuple[str, str]]:
    if isinstance(page, PricingPage):
        yield from (_pair(block.value) for block in page.questions)
    for block in getattr(page, "body", ()):
        if block.block_type == "faq":
            yield from (_pair(item) for item in block.value["items"])


def _pair(value: Any) -> tuple[str, str]:
    return value["question"], str(value["answer"])
