"""Makers of pages: each stands below the page given as ``parent``, published."""

import json
from typing import Any
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory
from wagtail.models import Page, Site

from home.pages.articles import ArticleIndexPage, ArticlePage, Author
from home.pages.front import HomePage
from home.pages.help import HelpIndexPage, HelpPage
from home.pages.pricing import PricingPage
from home.pages.standard import AboutPage, StandardPage


def front_page() -> HomePage:
    """The front page of the default site, made when it is first asked for."""
    found = HomePage.objects.first()
    if found is None:
        found = HomePageFactory()
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": found}
        )
    return found


def stream(*blocks: tuple[str, Any]) -> str:
    """The stored form of a stream: ``stream(("text", "<p>Hello</p>"), ("preview_divider", None))``."""
    return json.dumps([{"type": kind, "value": value, "id": str(uuid4())} for kind, value in blocks])


class PageFactory(DjangoModelFactory):
    """A published page below ``parent`` (the front page unless told otherwise)."""

    class Meta:
        abstract = True

    title = factory.Sequence(lambda number: f"Page {number}")

    @classmethod
    def _create(cls, model_class: type[Page], *_args: Any, parent: Page | None = None, **kwargs: Any) -> Page:
        page = model_class(**kwargs)
        (parent or cls.default_parent()).add_child(instance=page)
        return page

    @classmethod
    def default_parent(cls) -> Page:
        return front_page()


class HomePageFactory(PageFactory):
    """The front page, below Wagtail's root."""

    class Meta:
        model = HomePage

    title = "Home"
    slug = "front"

    @classmethod
    def default_parent(cls) -> Page:
        return Page.objects.get(depth=1)


class StandardPageFactory(PageFactory):
    class Meta:
        model = StandardPage


class AboutPageFactory(PageFactory):
    class Meta:
        model = AboutPage


class PricingPageFactory(PageFactory):
    class Meta:
        model = PricingPage


class HelpIndexPageFactory(PageFactory):
    class Meta:
        model = HelpIndexPage


class HelpPageFactory(PageFactory):
    """Stands below a help index of its own unless ``parent`` says where."""

    class Meta:
        model = HelpPage

    @classmethod
    def default_parent(cls) -> Page:
        return HelpIndexPage.objects.first() or HelpIndexPageFactory(title="Help")


class ArticleIndexPageFactory(PageFactory):
    class Meta:
        model = ArticleIndexPage


class AuthorFactory(DjangoModelFactory):
    class Meta:
        model = Author

    name = factory.Sequence(lambda number: f"Author {number}")


class ArticlePageFactory(PageFactory):
    """Stands in a section of its own unless ``parent`` says where."""

    class Meta:
        model = ArticlePage

    summary = "What the article is about."

    @classmethod
    def default_parent(cls) -> Page:
        return ArticleIndexPage.objects.first() or ArticleIndexPageFactory(title="Articles")
