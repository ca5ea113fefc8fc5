"""A document is as public as the most public place of a live page that links to it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from wagtail.documents.permissions import permission_policy
from wagtail.models import Page, ReferenceIndex

from files.models import File
from home.gate.access import Access
from home.gate.opened import Opened
from home.gate.pages import GatedPage
from home.gate.privacy import passing_privacy
from home.gate.reading import Reading
from home.gate.sections import rules_of
from home.gate.streams import rules_over

USING = ("change", "delete", "choose")


@dataclass(frozen=True, slots=True)
class DocumentAccess:
    """``refusal`` says what would let the reader in; a refused reader without one is told of no document."""

    allowed: bool
    refusal: Access | None = None


def access_to(document: File, request: HttpRequest) -> DocumentAccess:
    """May the person who sent the request fetch the document?

    Editors who may use it in the admin may. Everyone else needs a live page that they may open and that links
    to it in a part they may read. How many queries it takes depends on the number of page types only.
    """
    if permission_policy.user_has_any_permission_for_instance(request.user, USING, document):
        return DocumentAccess(allowed=True)
    refusal = None
    for place in _places(document, request):
        if place is None:
            return DocumentAccess(allowed=True)
        refusal = refusal or place
    return DocumentAccess(allowed=False, refusal=refusal)


def _places(document: File, request: HttpRequest) -> Iterator[Access | None]:
    """For each place that links to the document: what keeps the reader from it, None where nothing does."""
    links = _links_by_page(document)
    live = Page.objects.filter(pk__in=links, live=True).specific()
    pages = [page for page in passing_privacy(live, request) if page.get_url_parts(request)]
    rules = rules_of(pages)
    opened = Opened(request.user, pages)
    for page in pages:
        reading = Reading.by_request(page, request, rule=rules[page.pk], opened=opened)
        for path in links[page.pk]:
            yield from _barriers(reading, path)


def _barriers(reading: Reading, content_path: str) -> Iterator[Access | None]:
    field, *inside = content_path.split(".")
    gated = isinstance(reading.page, GatedPage) and field in reading.page.gated_fields
    rules = rules_over(getattr(reading.page, field), inside[0], reading.rule) if gated else set()
    if rules is not None:
        answers = [reading.ask(rule) for rule in rules]
        yield next((answer for answer in answers if not answer.allowed), None)


def _links_by_page(document: File) -> dict[int, list[str]]:
    links: dict[int, list[str]] = defaultdict(list)
    rows = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(File),
        to_object_id=str(document.pk),
        base_content_type=ContentType.objects.get_for_model(Page),
    )
    for page_id, path in rows.values_list("object_id", "content_path"):
        links[int(page_id)].append(path)
    return links
