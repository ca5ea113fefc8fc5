"""What the gate does when a page moves to another section, and when a reader signs up because of one."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver
from django.http import HttpRequest
from wagtail.models import Page
from wagtail.signals import post_page_move

from home.gate.indexing import index_again
from home.gate.pages import GatedPage
from home.gate.tally import count


@receiver(post_page_move)
def index_moved_pages(instance: Page, **kwargs: Any) -> None:
    """The new section may have another audience."""
    index_again(instance)


@receiver(user_signed_up)
def count_sign_up(request: HttpRequest, **kwargs: Any) -> None:
    """A new account whose way back leads to a page is told of in the page's report, not who it is."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    page = Page.find_for_request(request, path) if path.startswith("/") else None
    if page is not None and isinstance(page.specific, GatedPage):
        count(page.pk, "sign_ups")
