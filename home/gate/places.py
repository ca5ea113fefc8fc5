"""A document or a picture is as public as the most public place of a live page that holds it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images.permissions import permission_policy as picture_policy
from wagtail.models import Page, ReferenceIndex

from files.models import CustomImage, File
from home.gate.access import Access
from home.gate.opened import Opened
from home.gate.pages import GatedPage
from home.gate.privacy import passing_privacy
from home.gate.reading import Reading
from home.gate.sections import rules_of
from home.gate.streams import rules_over

USING = ("change", "delete", "choose")

Item = File | CustomImage
Links = dict[int, list[str]]


@dataclass(frozen=True, slots=True)
class ItemAccess:
    """``refusal`` says what would let the reader in; a refused reader without one is told of no item."""

    allowed: bool
    refusal: Access | None = None


def access_to(item: Item, request: HttpRequest) -> ItemAccess:
    """May the person who sent the request fetch the document or picture?

    Editors who may use it in the admin may. Everyone else needs a live page that they may open and that holds
    it in a part they may read. How many queries it takes depends on the number of page types only.
    """
    policy = picture_policy if isinstance(item, CustomImage) else document_policy
    if policy.user_has_any_permission_for_instance(request.user, USING, item) or is_beside_pages(item):
        return ItemAccess(allowed=True)
    links = _links_by_page(item)
    live = Page.objects.filter(pk__in=links, live=True).specific()
    pages = [page for page in passing_privacy(live, request) if page.get_url_parts(request)]
    opened = Opened(request.user, pages)
    readings = (
        Reading.by_request(page, request, rule=rule, opened=opened) for page, rule in _with_rules(pages)
    )
    return _first_open(readings, links)


def is_public(item: Item) -> bool:
    """Whether everybody may fetch it: the answer to a visitor, on whatever site its pages stand."""
    if is_beside_pages(item):
        return True
    links = _links_by_page(item)
    live = Page.objects.filter(pk__in=links, live=True).public().specific()
    pages = [page for page in live if page.get_url_parts()]
    readings = (Reading.by_anyone(page, rule=rule) for page, rule in _with_rules(pages))
    return _first_open(readings, links).allowed


def is_beside_pages(item: Item) -> bool:
    """Whether a picture stands outside pages, as an author's portrait or the site's social picture do.

    Everybody sees those. A document is linked in pages only, so nothing else makes one public.
    """
    if not isinstance(item, CustomImage):
        return False
    pages = ContentType.objects.get_for_model(Page)
    return bool(_references(item).exclude(base_content_type=pages).exists())


def _with_rules(pages: list[Any]) -> Iterator[tuple[Any, Any]]:
    rules = rules_of(pages)
    return ((page, rules[page.pk]) for page in pages)


def _first_open(readings: Iterator[Reading], links: Links) -> ItemAccess:
    refusal = None
    for reading in readings:
        for path in links[reading.page.pk]:
            for barrier in _barriers(reading, path):
                if barrier is None:
                    return ItemAccess(allowed=True)
                refusal = refusal or barrier
    return ItemAccess(allowed=False, refusal=refusal)


def _barriers(reading: Reading, content_path: str) -> Iterator[Access | None]:
    """What keeps the reader from the place at ``content_path``, None where nothing does."""
    field, *inside = content_path.split(".")
    gated = isinstance(reading.page, GatedPage) and field in reading.page.gated_fields
    rules = rules_over(getattr(reading.page, field), inside[0], reading.rule) if gated else set()
    if rules is not None:
        answers = [reading.ask(rule) for rule in rules]
        yield next((answer for answer in answers if not answer.allowed), None)


def _links_by_page(item: Item) -> Links:
    links: Links = defaultdict(list)
    rows = _references(item).filter(base_content_type=ContentType.objects.get_for_model(Page))
    for page_id, path in rows.values_list("object_id", "content_path"):
        links[int(page_id)].append(path)
    return links


def _references(item: Item) -> Any:
    return ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(type(item)), to_object_id=str(item.pk)
    )
