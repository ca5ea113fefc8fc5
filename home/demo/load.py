"""Makes the demo site; run again, it only adds what is missing."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from billing import api as billing
from home.contact.models import ContactField, ContactPage
from home.demo.marketing import page_fields
from home.demo.menus import ensure_menus
from home.demo.people import ensure_people
from home.demo.pictures import Pictures
from home.demo.stories import Story, stories
from home.demo.tree import ensure_page
from home.gate.pictures import settle
from home.pages.articles import ArticleIndexPage, ArticlePage, Author
from home.pages.front import HomePage
from home.pages.help import HelpIndexPage, HelpPage
from home.pages.pricing import PricingPage
from home.pages.standard import AboutPage, StandardPage
from home.site_address import ensure_site

MORNING = time(8)


class OtherContentError(Exception):
    """The site has a front page that is not the demo's."""


@transaction.atomic
def load_demo(*, password: str) -> None:
    """Plans, pages, pictures, menus and people. Raises OtherContentError where a real site stands already."""
    billing.load_demo_catalog()
    billing.load_demo_costs()
    pictures = Pictures()
    front = _front(pictures)
    site = ensure_site(front)
    pages = _pages(front, pictures)
    ensure_menus(site, {page.slug: page for page in pages}, pictures)
    ensure_people(password)
    settle(pictures.ids)


def _front(pictures: Pictures) -> HomePage:
    front = HomePage(**page_fields("front", pictures))
    other = HomePage.objects.exclude(slug=front.slug).first()
    if other is not None:
        raise OtherContentError(
            f"This site has a front page of its own, “{other.title}”. The demo is for an empty site only."
        )
    return ensure_page(Page.get_first_root_node(), front)


def _pages(front: HomePage, pictures: Pictures) -> list[Page]:
    soundings = ensure_page(front, ArticleIndexPage(**page_fields("soundings", pictures)))
    help_index = ensure_page(front, HelpIndexPage(**page_fields("help", pictures)))
    return [
        ensure_page(front, StandardPage(**page_fields("product", pictures))),
        ensure_page(front, PricingPage(**page_fields("pricing", pictures))),
        ensure_page(front, AboutPage(**page_fields("about", pictures))),
        _contact(front, pictures),
        soundings,
        *(_article(soundings, story, pictures) for story in stories("articles")),
        help_index,
        *(ensure_page(help_index, HelpPage(**story.facts, body=story.body)) for story in stories("help")),
        *(ensure_page(front, StandardPage(**story.facts, body=story.body)) for story in stories("pages")),
    ]


def _contact(front: HomePage, pictures: Pictures) -> ContactPage:
    facts = page_fields("contact", pictures)
    fields = facts.pop("form_fields")
    page = ContactPage(**facts)
    page.form_fields = [ContactField(sort_order=order, **field) for order, field in enumerate(fields)]
    return ensure_page(front, page)


def _article(soundings: Page, story: Story, pictures: Pictures) -> ArticlePage:
    facts = dict(story.facts)
    day = _monday_before(timezone.localdate(), weeks=facts.pop("weeks_ago"))
    feature = facts.pop("feature", None)
    facts["cover"] = pictures.get(facts["cover"])
    facts["author"] = _author(facts["author"], pictures)
    facts["audience_feature"] = _feature(feature) if feature else None
    page = ArticlePage(**facts, date=day, body=story.body)
    return ensure_page(soundings, page, published_at=timezone.make_aware(datetime.combine(day, MORNING)))


def _author(name: str, pictures: Pictures) -> Author:
    """Somebody of the about page, as an author."""
    team = page_fields("about", pictures)["people"]
    person = next(block["value"] for block in team if block["value"]["name"] == name)
    author, _made = Author.objects.get_or_create(
        name=name, defaults={"role": person["role"], "photo_id": person["photo"]}
    )
    return author


def _feature(key: str) -> Any:
    return apps.get_model("billing", "Feature").objects.get(key=key)


def _monday_before(day: date, *, weeks: int) -> date:
    return day - timedelta(days=day.weekday(), weeks=weeks - 1)
