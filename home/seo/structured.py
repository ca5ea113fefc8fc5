"""A page as schema.org data, from its public parts; every function gives a dictionary for JSON-LD."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.models import Page

from billing import api as billing
from home.navigation.links import SiteSettings
from home.pages.articles import ArticlePage
from home.seo.cards import Card, default_picture_url

ORGANISATION = f"{settings.SITE_URL}/#organization"
WEBSITE = f"{settings.SITE_URL}/#website"
MAX_HEADLINE = 110
UNIT_CODES = {"month": "MON", "year": "ANN"}
PAYWALLED_PART = ".paywalled"

Thing = dict[str, Any]


def graph(things: Iterable[Thing]) -> Thing:
    """Several things in one document."""
    return {"@context": "https://schema.org", "@graph": list(things)}


def organisation(site: SiteSettings) -> Thing:
    """Who is behind the site."""
    return {
        "@type": "Organization",
        "@id": ORGANISATION,
        "name": site.site_name,
        "url": f"{settings.SITE_URL}/",
        "logo": default_picture_url(),
        "sameAs": [link.url for link in site.social_links],
    }


def website(site: SiteSettings) -> Thing:
    """The site, and how to search it."""
    return {
        "@type": "WebSite",
        "@id": WEBSITE,
        "name": site.site_name,
        "url": f"{settings.SITE_URL}/",
        "publisher": {"@id": ORGANISATION},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{settings.SITE_URL}{reverse('home:search')}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def breadcrumbs(trail: Iterable[Page], request: HttpRequest) -> Thing:
    """Where a page stands, from the front page down to itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": page.title,
                "item": page.get_full_url(request),
            }
            for position, page in enumerate(trail, start=1)
        ],
    }


def article(page: ArticlePage, card: Card, *, is_free: bool) -> Thing:
    """An article; one that not everybody may read says so, and which part, as search engines ask of paywalls.

    Source: https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
    """
    thing: Thing = {
        "@type": "Article",
        "headline": page.title[:MAX_HEADLINE],
        "description": card.description,
        "image": [card.image_url],
        "mainEntityOfPage": card.url,
        "datePublished": (page.first_published_at or page.date).isoformat(),
        "dateModified": (page.last_published_at or page.first_published_at or page.date).isoformat(),
        "author": _author(page),
        "publisher": {"@id": ORGANISATION},
        "isAccessibleForFree": is_free,
    }
    if not is_free:
        thing["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": PAYWALLED_PART,
        }
    return thing


def questions(asked: Iterable[tuple[str, str]]) -> Thing:
    """Questions with their answers (HTML), as (question, answer)."""
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": " ".join(strip_tags(answer).split())},
            }
            for question, answer in asked
        ],
    }


def offers(site: SiteSettings, plans: Iterable[billing.PlanCard], card: Card) -> Thing:
    """The product with an offer per plan and price; amounts as decimals, as schema.org asks."""
    return {
        "@type": "Product",
        "name": site.site_name,
        "description": card.description,
        "image": [card.image_url],
        "brand": {"@id": ORGANISATION},
        "offers": [_offer(plan, price, card) for plan in plans for price in plan.prices],
    }


def _offer(plan: billing.PlanCard, price: billing.CardPrice, card: Card) -> Thing:
    amount = str(billing.major_units(price.amount, price.currency))
    return {
        "@type": "Offer",
        "name": f"{plan.name}, {price.per}",
        "url": card.url,
        "price": amount,
        "priceCurrency": price.currency,
        "availability": "https://schema.org/InStock",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": amount,
            "priceCurrency": price.currency,
            "billingDuration": 1,
            "unitCode": UNIT_CODES[price.interval],
        },
    }


def _author(page: ArticlePage) -> Thing:
    if page.author is None:
        return {"@id": ORGANISATION}
    person = {"@type": "Person", "name": page.author.name, "jobTitle": page.author.role}
    return {field: value for field, value in person.items() if value}
