"""The rules of many pages in a fixed number of queries: a page takes the audience of its nearest section."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from wagtail.models import Page

from home.gate.rules import Choice, Rule, inherited, stricter

Choices = Mapping[str, Choice]


def rules_of(pages: Iterable[Page]) -> dict[int, Rule]:
    """The rule of each page by its primary key: at most two queries, however many pages and levels.

    An alias shows its original's content, so it is never more open than the original. What counts is what
    the database holds of the sections, published or not; a draft of another audience does not.
    """
    found = list(pages)
    originals = _paths_of_originals(found)
    choices = _choices_along([page.path for page in found] + list(originals.values()))
    return {page.pk: _rule(page, originals.get(page.alias_of_id), choices) for page in found}


def rule_of(page: Page) -> Rule:
    """The rule of one page."""
    return rules_of([page])[page.pk]


def sections_of(page: Page) -> list[Any]:
    """The pages from the front page down to ``page`` as they are stored. One query."""
    return list(sections_over(page))


def sections_over(page: Page) -> QuerySet[Any]:
    """The same, for more to be asked with it."""
    sections = _site_pages().filter(path__in=steps_to(page.path)).select_related("audience_feature")
    found: QuerySet[Any] = sections.order_by("path")
    return found


def rule_drafted(page: Any, sections: list[Any]) -> Rule:
    """The rule that a draft would have: what its editor chose and has not published yet counts too."""
    above = [section for section in sections if section.pk != page.pk]
    return inherited(_choice_of(one) for one in reversed([*above, page]))


def rule_within(page: Page, sections: list[Any]) -> Rule:
    """The rule of a page whose sections are known. No query, but two for an alias."""
    rule = inherited(_choice_of(one) for one in reversed(sections))
    return stricter(rule, rule_of(page)) if page.alias_of_id else rule


def stored_choice(page: Page) -> tuple[str, int | None, int | None] | None:
    """Audience, feature (its primary key) and credits as the database holds them; None for a new page."""
    row = _site_pages().filter(pk=page.pk).values_list("audience", "audience_feature", "audience_credits")
    found: tuple[str, int | None, int | None] | None = row.first()
    return found


def _choice_of(section: Any) -> Choice:
    feature = section.audience_feature and section.audience_feature.key
    return section.audience, feature, section.audience_credits


def _rule(page: Page, original: str | None, choices: Choices) -> Rule:
    rule = _rule_at(page.path, choices)
    return stricter(rule, _rule_at(original, choices)) if original else rule


def _rule_at(path: str, choices: Choices) -> Rule:
    return inherited(choices[step] for step in reversed(steps_to(path)) if step in choices)


def steps_to(path: str) -> list[str]:
    """The tree paths from the root down to ``path``."""
    return [path[:end] for end in range(Page.steplen, len(path) + 1, Page.steplen)]


def _choices_along(paths: Iterable[str]) -> Choices:
    steps = {step for path in paths for step in steps_to(path)}
    rows = _site_pages().filter(path__in=steps).order_by().values_list(*_COLUMNS)
    return {path: (audience, feature, price) for path, audience, feature, price in rows}


def _paths_of_originals(pages: list[Page]) -> dict[int, str]:
    wanted = {page.alias_of_id for page in pages if page.alias_of_id}
    if not wanted:
        return {}
    return dict(Page.objects.filter(pk__in=wanted).order_by().values_list("pk", "path"))


_COLUMNS = ("path", "audience", "audience_feature__key", "audience_credits")


def _site_pages() -> Any:
    return apps.get_model("home", "SitePage").objects
