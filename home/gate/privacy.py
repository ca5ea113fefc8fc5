"""Wagtail's own page privacy (password, sign-in, groups) for many pages at once."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from wagtail.models import Page, PageViewRestriction

from home.gate.sections import sections_over, steps_to

# Every page asks it: made of expressions it takes longer to write down than to answer.
IS_PRIVATE = """EXISTS (
    SELECT FROM wagtailcore_pageviewrestriction restriction
    JOIN wagtailcore_page above ON restriction.page_id = COALESCE(above.alias_of_id, above.id)
    WHERE above.path = ANY(%s)
)"""


def passing_privacy(pages: Iterable[Any], request: HttpRequest) -> list[Any]:
    """The pages whose restrictions, own and inherited, the request fulfils, in a fixed number of queries.

    As in Wagtail, an alias has the restrictions of its original.
    """
    found = list(pages)
    steps = {step for page in found for step in steps_to(page.path)}
    above = Page.objects.filter(path__in=steps).order_by().values_list("path", "pk", "alias_of_id")
    deciding = {path: original or pk for path, pk, original in above}
    closed = _closed(set(deciding.values()), request)
    return [page for page in found if closed.isdisjoint(deciding[step] for step in steps_to(page.path))]


def sections_with_privacy(page: Any) -> list[Any]:
    """The sections of a page, each with ``is_private``: whether anything restricts the page. One query."""
    is_private = RawSQL(IS_PRIVATE, [steps_to(page.path)], output_field=BooleanField())  # noqa: S611 - a constant
    return list(sections_over(page).annotate(is_private=is_private))


def restrictions_over(page: Any) -> QuerySet[PageViewRestriction]:
    """The restrictions of a page and the pages above it, as Wagtail finds them, in one query, not two."""
    above = Page.objects.filter(path__in=steps_to(page.path)).order_by()
    deciding = above.values(deciding=Coalesce("alias_of_id", "pk"))
    found: QuerySet[PageViewRestriction] = PageViewRestriction.objects.filter(page__in=deciding)
    return found


def _closed(page_ids: set[int], request: HttpRequest) -> set[int]:
    restrictions = PageViewRestriction.objects.filter(page_id__in=page_ids).prefetch_related("groups")
    return {one.page_id for one in restrictions if not one.accept_request(request)}
