"""What the gate does when pages are published, move or lose pictures, and when one makes a reader sign up."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest
from wagtail.models import Page, ReferenceIndex
from wagtail.signals import page_published, page_unpublished, post_page_move

from home.gate.indexing import index_again
from home.gate.pages import GatedPage, audience_changed
from home.gate.pictures import picture_type, pictures_below, settle_soon
from home.gate.tally import count


@receiver(post_page_move)
def index_moved_pages(instance: Page, **kwargs: Any) -> None:
    """The new section may have another audience."""
    index_again(instance)
    settle_soon(pictures_below(instance))


@receiver([page_published, page_unpublished, audience_changed])
def settle_pictures_of(instance: Page, **kwargs: Any) -> None:
    """Its pictures may be for other readers now."""
    settle_soon(pictures_below(instance))


@receiver(post_delete, sender=ReferenceIndex)
def settle_picture_that_left(instance: ReferenceIndex, **kwargs: Any) -> None:
    """The place that a picture left may have been its only public one."""
    if instance.to_content_type_id == picture_type().pk:
        settle_soon([int(instance.to_object_id)])


@receiver(user_signed_up)
def count_sign_up(request: HttpRequest, **kwargs: Any) -> None:
    """A new account whose way back leads to a page is told of in the page's report, not who it is."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    page = Page.find_for_request(request, path) if path.startswith("/") else None
    if page is not None and isinstance(page.specific, GatedPage):
        count(page.pk, "sign_ups")
