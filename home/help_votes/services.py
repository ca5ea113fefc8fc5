"""Counts votes."""

from home.help_votes.models import HelpVote
from home.pages.help import HelpPage


def cast_vote(*, page: HelpPage, voter: str, is_helpful: bool) -> HelpVote:
    """Keep what a reader said about a page; saying something else later replaces it."""
    vote, _created = HelpVote.objects.update_or_create(
        page=page, voter=voter, defaults={"is_helpful": is_helpful}
    )
    return vote
