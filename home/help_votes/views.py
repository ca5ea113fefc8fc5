"""Takes a vote from a help page: with htmx it answers in place, without it goes back to the page."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from home.help_votes.services import cast_vote
from home.help_votes.voters import voter
from home.pages.help import HelpPage
from home.rate_limits import within_limit

VOTES_PER_MINUTE = 30
THANKS = "Thank you. Your answer helps us to make this page better."
TOO_MANY = "That were many answers in one minute. Wait a moment, then try again."
UNCLEAR = "We could not read your answer. Choose “Yes” or “No” below the page."


class VoteForm(forms.Form):
    """Yes or no."""

    helpful = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])


@require_POST
def vote(request: HttpRequest, page_id: int) -> HttpResponse:
    """One vote per reader and page; a second one replaces the first."""
    page = get_object_or_404(HelpPage.objects.live().public(), pk=page_id)
    form = VoteForm(request.POST)
    if not within_limit(request, action="help-vote", limit=VOTES_PER_MINUTE, seconds=60):
        return _answer(request, page, error=TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
    if not form.is_valid():
        return _answer(request, page, error=UNCLEAR, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    is_helpful = form.cleaned_data["helpful"] == "yes"
    cast_vote(page=page, voter=voter(request), is_helpful=is_helpful)
    return _answer(request, page, answer=is_helpful)


def _answer(
    request: HttpRequest,
    page: HelpPage,
    *,
    answer: bool | None = None,
    error: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    if getattr(request, "htmx", False):
        context = {"page": page, "answer": answer, "error": error, "thanks": THANKS}
        return render(request, "home/help/_vote.html", context, status=status)
    messages.add_message(request, messages.ERROR if error else messages.SUCCESS, error or THANKS)
    return redirect(f"{page.get_url(request)}#help-vote")
