"""Keeps every picture where it belongs: public while everybody sees a page that holds it, else private."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from procrastinate.contrib.django import app
from wagtail.models import Page, ReferenceIndex

from files.models import CustomImage
from files.pictures import is_gated, move_picture
from home.gate.places import is_public

QUEUE = "pages"


def settle(image_ids: Iterable[int]) -> None:
    """Move those of the pictures that lie in the wrong storage."""
    for image in CustomImage.objects.filter(pk__in=list(image_ids)):
        gated = not is_public(image)
        if is_gated(image.file.name) != gated:
            move_picture(image, gated=gated)


def settle_soon(image_ids: Iterable[int]) -> None:
    """Have a worker look at these pictures, once the caller's transaction is stored."""
    wanted = sorted(set(image_ids))
    if wanted:
        settle_pictures.defer(image_ids=wanted)


def pictures_below(page: Page) -> set[int]:
    """The pictures of a page, of the pages below it, and of the aliases of all these."""
    inside = Page.objects.descendant_of(page, inclusive=True).order_by().values("pk")
    pages = Page.objects.filter(Q(pk__in=inside) | Q(alias_of__in=inside)).values_list("pk", flat=True)
    references = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(pk) for pk in pages],
        to_content_type=picture_type(),
    )
    return {int(pk) for pk in references.values_list("to_object_id", flat=True)}


def picture_type() -> Any:
    """How the reference index names pictures."""
    return ContentType.objects.get_for_model(CustomImage)


@app.task(queue=QUEUE, lock="settle-pictures")
def settle_pictures(image_ids: list[int]) -> None:
    """Something about these pictures' pages changed."""
    settle(image_ids)


@app.periodic(cron="17 2 * * *")
@app.task(queue=QUEUE, lock="settle-pictures", queueing_lock="settle-all-pictures")
def settle_all_pictures(timestamp: int) -> None:
    """Each night: whatever changed without a signal, such as a portrait or a restored database."""
    settle(CustomImage.objects.values_list("pk", flat=True))
