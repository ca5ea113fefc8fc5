"""Draws “Was this helpful?” below a help page."""

from typing import Any

from django import template

from home.help_votes.models import HelpVote
from home.help_votes.voters import known_voter

register = template.Library()


@register.inclusion_tag("home/help/_vote.html", takes_context=True)
def help_vote(context: template.Context) -> dict[str, Any]:
    """The question, with the reader's own answer marked; one query, and none for visitors who never voted."""
    page, request = context["page"], context["request"]
    mark = known_voter(request)
    answer = (
        mark and HelpVote.objects.filter(page=page, voter=mark).values_list("is_helpful", flat=True).first()
    )
    return {"page": page, "answer": answer, "csrf_token": context.get("csrf_token")}
