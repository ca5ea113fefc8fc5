"""One reader at one page: what they may see of it, and why not the rest."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.models import Page

from home.gate import streams
from home.gate.access import Access, Reader, ask
from home.gate.rules import Rule
from home.gate.sections import rule_within, sections_of


class Reading:
    """Answers every question about one reader and one page; asks billing once per rule.

    Who may edit the page sees all of it. So does a preview: Wagtail's admin makes those only for people
    who may edit.
    """

    def __init__(
        self, page: Page, user: Reader, *, is_preview: bool = False, rule: Rule | None = None
    ) -> None:
        self.page = page
        self.user = user
        self.is_preview = is_preview
        self._known_rule = rule
        self._answers: dict[Rule, Access] = {}

    @classmethod
    def by_request(cls, page: Page, request: HttpRequest, *, rule: Rule | None = None) -> "Reading":
        """The reading of the person who sent the request; ``rule`` where the page's is known already."""
        user = getattr(request, "user", None) or AnonymousUser()
        return cls(page, user, is_preview=getattr(request, "is_preview", False), rule=rule)

    @classmethod
    def by_anyone(cls, page: Page) -> "Reading":
        """The reading of a visitor: what search engines, feeds and the site's own search may hold."""
        return cls(page, AnonymousUser())

    @cached_property
    def sections(self) -> list[Any]:
        """The stored pages from the front page down to this one."""
        return sections_of(self.page)

    @cached_property
    def rule(self) -> Rule:
        """The rule of the page."""
        return self._known_rule or rule_within(self.page, self.sections)

    @property
    def access(self) -> Access:
        """May the reader see what stands below the preview divider?"""
        return self.ask(self.rule)

    def ask(self, rule: Rule) -> Access:
        """May the reader see what stands under this rule, on this page?"""
        if rule not in self._answers:
            answer = ask(self.user, rule)
            if not answer.allowed and self._edits:
                answer = Access(rule, allowed=True)
            self._answers[rule] = answer
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

    def _sections_shown(self, stream: Any) -> Any:
        return streams.without_hidden_sections(stream, lambda rule: self.ask(rule).allowed)

    @cached_property
    def _edits(self) -> bool:
        if self.is_preview:
            return True
        if not self.user.has_perm("wagtailadmin.access_admin"):
            return False
        return bool(self.page.permissions_for_user(self.user).can_edit())
