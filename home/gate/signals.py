"""What the gate does when a page moves to another section."""

from typing import Any

from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import post_page_move

from home.gate.indexing import index_again


@receiver(post_page_move)
def index_moved_pages(instance: Page, **kwargs: Any) -> None:
    """The new section may have another audience."""
    index_again(instance)
