"""Marks the pages of a list that the reader cannot open, in a fixed number of queries."""

from collections.abc import Iterable
from typing import Any

from home.gate.access import Access, Reader, ask
from home.gate.offers import lock_label
from home.gate.opened import Opened
from home.gate.rules import Rule
from home.gate.sections import rules_of


def mark_locked(pages: Iterable[Any], user: Reader) -> list[Any]:
    """The pages, each with ``locked``: what is needed to read it, empty for a page this reader may read."""
    found = list(pages)
    answers = answers_for(found, user)
    for page in found:
        page.locked = lock_label(answers[page.pk])
    return found


def answers_for(pages: list[Any], user: Reader) -> dict[int, Access]:
    """May the reader read each page, by primary key? Billing is asked once per rule, not once per page."""
    rules, opened = rules_of(pages), Opened(user, pages)
    known: dict[tuple[Rule, bool], Access] = {}
    answers = {}
    for page in pages:
        rule = rules[page.pk]
        has_read = rule.is_quota and opened.has_read(page, rule.feature)
        if (rule, has_read) not in known:
            known[rule, has_read] = ask(user, rule, has_read=has_read)
        answer = known[rule, has_read]
        is_open = answer.allowed or opened.has_bought(page)
        answers[page.pk] = answer if is_open == answer.allowed else Access(rule, allowed=True)
    return answers
