"""Marks the pages of a list that the reader cannot open, in a fixed number of queries."""

from collections.abc import Iterable
from typing import Any

from home.gate.access import Access, Reader, ask
from home.gate.offers import lock_label
from home.gate.rules import Rule
from home.gate.sections import rules_of


def mark_locked(pages: Iterable[Any], user: Reader) -> list[Any]:
    """The pages, each with ``locked``: what is needed to read it, empty for a page this reader may read."""
    found = list(pages)
    rules = rules_of(found)
    answers: dict[Rule, Access] = {rule: ask(user, rule) for rule in set(rules.values())}
    for page in found:
        page.locked = lock_label(answers[rules[page.pk]])
    return found
