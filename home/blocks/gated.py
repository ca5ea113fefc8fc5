"""Blocks that decide who reads: the members-only section and the preview divider."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from home.gate.access import Access
from home.gate.audience import Audience
from home.gate.choices import problem_of
from home.gate.features import choices, kind_of
from home.gate.offers import lock_label, reading_note, refusal_for
from home.gate.rules import rule_from

BLOCK_AUDIENCES = [
    (audience.value, audience.label)
    for audience in (Audience.MEMBERS, Audience.QUOTA, Audience.CREDITS, Audience.PLANS)
]


class PreviewDividerBlock(blocks.StaticBlock):
    """Where the free part of a gated page ends."""

    class Meta:
        icon = "cut"
        label = "Preview divider"
        template = "home/blocks/preview_divider.html"
        admin_text = (
            "Everyone reads what stands above. What stands below needs the audience of the Access tab."
        )
        description = "Ends the free part of a page that is not open to everyone."
        preview_template = "home/previews/preview_divider.html"


class MembersOnlyBlock(blocks.StructBlock):
    """A section inside a page with an audience of its own."""

    audience = blocks.ChoiceBlock(choices=BLOCK_AUDIENCES, default=Audience.MEMBERS.value)
    feature = blocks.ChoiceBlock(
        choices=choices,
        required=False,
        help_text="For “customers whose plan has a feature” and “within a quota”: which one.",
    )
    credits = blocks.IntegerBlock(
        required=False,
        min_value=1,
        help_text="How many open the page: for “whoever unlocks the page for credits”, or as another way in.",
    )

    class Meta:
        icon = "lock"
        label = "Members-only section"
        template = "home/blocks/members_only.html"
        preview_value = {"audience": Audience.MEMBERS.value, "feature": "", "credits": None}
        description = (
            "Content that only members, or customers with a feature, can read. Others see an invitation."
        )

    def __init__(self, content: blocks.StreamBlock | None = None, **kwargs: Any) -> None:
        local = [("content", content)] if content is not None else []
        super().__init__(local, **kwargs)

    def get_searchable_content(self, value: Any) -> list[str]:
        """The words of the section, not those of its settings."""
        content: list[str] = self.child_blocks["content"].get_searchable_content(value["content"])
        return content

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Open only to a reader whose reading of the page says so; without a reading it stays shut."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        reading, request = context.get("reading"), context.get("request")
        rule = rule_from(value["audience"], value["feature"], value["credits"])
        access = reading.ask(rule) if reading else Access(rule, allowed=False)
        context["opened"] = access.allowed
        if not access.allowed:
            page = reading.page if reading else None
            context["refusal"] = refusal_for(access, path=request.path if request else "/", page=page)
            context["locked"] = lock_label(access)
        context["note"] = reading_note(access)
        return context

    def clean(self, value: Any) -> Any:
        """An audience of customers names its feature, a quota one that is counted, and credits how many."""
        cleaned = super().clean(value)
        kind = kind_of(cleaned["feature"]) if cleaned["feature"] else ""
        problem = problem_of(cleaned["audience"], kind, cleaned["credits"])
        if problem:
            raise StructBlockValidationError(block_errors={problem[0]: ValidationError(problem[1])})
        return cleaned
