"""“So many pages a month”: which pages a reader has read already, and who reads at all."""

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from billing import api as billing
from home.gate.access import Access, Reader
from home.gate.rules import Rule

MACHINES = re.compile(
    r"bot\b|crawl|spider|slurp|preview|externalhit|monitor|curl|wget|python-|java/", re.IGNORECASE
)


def page_key(page: Any) -> str:
    """What a page is counted under: an alias is the same reading as its original."""
    return f"page-{page.alias_of_id or page.pk}"


def hides_nothing(page: Any) -> bool:
    """Whether all of the page is public, as in a list of other pages: opening it is no reading."""
    return not getattr(page, "gated_fields", ())


def pages_read(user: Reader, feature: str, pages: Iterable[Any]) -> set[int]:
    """Which of the pages, by primary key, the reader has read in this period: one query."""
    keys = {page.pk: page_key(page) for page in pages}
    counted = billing.counted_keys(user, feature, set(keys.values())) if user.is_authenticated else set()
    return {pk for pk, key in keys.items() if key in counted}


def read(user: Reader, rule: Rule, page: Any) -> Access:
    """Open the page for this reader and count it, unless the quota is used up."""
    decision = billing.use(user, rule.feature, key=page_key(page))
    return Access(rule, allowed=decision.allowed, decision=decision)


def is_prefetch(request: HttpRequest) -> bool:
    """Whether a browser only looks ahead: nobody has opened the page yet."""
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
    return "prefetch" in purpose or request.headers.get("X-Moz") == "prefetch"


def is_reading(request: HttpRequest) -> bool:
    """Whether a person opens a page with this request: no look-ahead, no machine that says it is one."""
    is_machine = MACHINES.search(request.headers.get("User-Agent", ""))
    return request.method == "GET" and not is_prefetch(request) and not is_machine
