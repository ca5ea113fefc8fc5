"""One reader at one page: what they may see of it, and why not the rest."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.models import Page

from home.gate import streams
from home.gate.access import Access, Reader, ask
from home.gate.opened import Opened
from home.gate.previews import is_looking_as
from home.gate.quota import hides_nothing, read
from home.gate.rules import Rule
from home.gate.sections import rule_drafted, rule_within, sections_of


class Reading:
    """Answers every question about one reader and one page; asks billing once per rule.

    Who may edit the page sees all of it. So does a preview: Wagtail's admin makes those only for people
    who may edit. ``counts``: the reader opens the page, which counts against a quota; any other look at it,
    such as for a document, opens only what has counted already. ``looks_as``: an editor previews the draft
    with somebody else's eyes.
    """

    def __init__(
        self,
        page: Page,
        user: Reader,
        *,
        is_preview: bool = False,
        looks_as: bool = False,
        rule: Rule | None = None,
        counts: bool = False,
        opened: Opened | None = None,
    ) -> None:
        self.page = page
        self.user = user
        self.is_preview = is_preview and not looks_as
        self.looks_as = looks_as
        self.counts = counts
        self._opened = opened or Opened(user, [page])
        self._known_rule = rule
        self._answers: dict[Rule, Access] = {}

    @classmethod
    def by_request(cls, page: Page, request: HttpRequest, **known: Any) -> "Reading":
        """The reading of the person who sent the request, with what is ``known`` about it already."""
        user = getattr(request, "user", None) or AnonymousUser()
        is_preview = getattr(request, "is_preview", False)
        return cls(page, user, is_preview=is_preview, looks_as=is_looking_as(request), **known)

    @classmethod
    def by_anyone(cls, page: Page, **known: Any) -> "Reading":
        """The reading of a visitor: what search engines, feeds and the site's own search may hold."""
        return cls(page, AnonymousUser(), **known)

    @cached_property
    def sections(self) -> list[Any]:
        """The stored pages from the front page down to this one."""
        return sections_of(self.page)

    @cached_property
    def rule(self) -> Rule:
        """The rule of the page."""
        if self.looks_as:
            return rule_drafted(self.page, self.sections)
        return self._known_rule or rule_within(self.page, self.sections)

    @property
    def access(self) -> Access:
        """May the reader see what stands below the preview divider?"""
        return self.ask(self.rule)

    def ask(self, rule: Rule) -> Access:
        """May the reader see what stands under this rule, on this page?"""
        if rule not in self._answers:
            self._answers[rule] = self._ask(rule)
        return self._answers[rule]

    def visible(self, stream: Any) -> Any:
        """The stream with everything the reader may not see taken out, the divider too."""
        above, below = self.parts(stream)
        return streams.rebuilt(stream, [*above.raw_data, *below.raw_data])

    def parts(self, stream: Any) -> tuple[Any, Any]:
        """What the reader sees above the preview divider and below it."""
        above, below = streams.parts(stream)
        if not self.access.allowed:
            below = streams.rebuilt(stream, [])
        return self._sections_shown(above), self._sections_shown(below)

    @property
    def was_refused(self) -> bool:
        """Whether some part of the page was kept from the reader."""
        return any(not answer.allowed for answer in self._answers.values())

    def _ask(self, rule: Rule) -> Access:
        """Nothing of an editor's is counted, nor what was read or unlocked before.

        Opening a page asks not first whether it was read: counting it finds out.
        """
        opens = rule.is_quota and self.counts and not self.looks_as and not hides_nothing(self.page)
        has_read = rule.is_quota and not opens and self._opened.has_read(self.page, rule.feature)
        answer = ask(self.user, rule, has_read=has_read)
        if answer.allowed and (has_read or not rule.is_quota):
            return answer
        if self._opened.has_bought(self.page) or self._edits:
            return Access(rule, allowed=True)
        if opens and (answer.allowed or answer.is_used_up):
            return read(self.user, rule, self.page)
        unread = answer.allowed and not self.looks_as
        return replace(answer, allowed=False, unread=True) if unread else answer

    def _sections_shown(self, stream: Any) -> Any:
        return streams.without_hidden_sections(stream, lambda rule: self.ask(rule).allowed)

    @cached_property
    def _edits(self) -> bool:
        if self.is_preview:
            return True
        if not self.user.has_perm("wagtailadmin.access_admin"):
            return False
        return bool(self.page.permissions_for_user(self.user).can_edit())
