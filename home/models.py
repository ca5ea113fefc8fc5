"""Gathers the models of the app for Django; import them from where they live."""

from home.article_reports.models import ArticleReport
from home.contact.models import ContactField, ContactPage
from home.gate.models import GateDay, PageUnlock
from home.help_votes.models import HelpVote
from home.navigation.models import Navigation
from home.page_cache.models import PageGeneration
from home.pages.articles import ArticleIndexPage, ArticlePage, Author
from home.pages.base import SitePage
from home.pages.front import HomePage
from home.pages.help import HelpIndexPage, HelpPage
from home.pages.pricing import PricingPage
from home.pages.standard import AboutPage, StandardPage

__all__ = [
    "AboutPage",
    "ArticleIndexPage",
    "ArticlePage",
    "ArticleReport",
    "Author",
    "ContactField",
    "ContactPage",
    "GateDay",
    "HelpIndexPage",
    "HelpPage",
    "HelpVote",
    "HomePage",
    "Navigation",
    "PageGeneration",
    "PageUnlock",
    "PricingPage",
    "SitePage",
    "StandardPage",
]
