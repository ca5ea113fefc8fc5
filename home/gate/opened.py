"""Pages that are open to one reader for a reason of their own: read within a quota, or paid for."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from home.gate.access import Reader
from home.gate.models import PageUnlock
from home.gate.quota import hides_nothing, pages_read
from home.gate.traced import note_page


class Opened:
    """What one reader read or bought of these pages; asks once for all of them, and only when it matters."""

    def __init__(self, user: Reader, pages: Iterable[Any]) -> None:
        self._user = user
        self._pages = list(pages)
        self._read: dict[str, set[int]] = {}

    def has_read(self, page: Any, feature: str) -> bool:
        """Whether the page need not count: it did in this period, or hides nothing. One query for all."""
        if hides_nothing(page):
            return True
        if feature not in self._read:
            self._read[feature] = pages_read(self._user, feature, self._pages)
        return page.pk in self._read[feature]

    def has_bought(self, page: Any) -> bool:
        """Whether the reader paid for the page: it stays open, whatever its audience became. One query."""
        original = page.alias_of_id or page.pk
        return note_page(original, original in self._bought)

    @cached_property
    def _bought(self) -> set[int | None]:
        if not self._user.is_authenticated:
            return set()
        originals = {page.alias_of_id or page.pk for page in self._pages}
        rows = PageUnlock.objects.filter(reader=self._user.pk, page__in=originals, refunded_at=None)
        return set(rows.exclude(paid_at=None).values_list("page_id", flat=True))
