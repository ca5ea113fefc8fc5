"""The notices of a signed-in person, their choices, and the way out of a mail."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.notices.queries import choices_in, choices_of, notices_of
from billing.notices.services import choose, mark_read
from billing.notices.services import unsubscribe as leave
from billing.notices.tokens import read_unsubscribe_token
from billing.notices.topics import TOPICS
from billing.refilling import typed_before

PER_PAGE = 25
SEEN = "boxes"


@never_cache
@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Everything the person was told, newest first."""
    page = Paginator(notices_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "billing/notices/list.html", {"page_obj": page})


@never_cache
@login_required
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where the notice leads, and note it as read."""
    found = get_object_or_404(notices_of(request.user), pk=pk)
    mark_read(user=request.user, notice_id=found.pk)
    return redirect(found.url or "billing:notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Note every notice as read."""
    mark_read(user=request.user)
    messages.success(request, "All notices are marked as read.")
    return redirect("billing:notices")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Which notices come by mail and which on the site."""
    if request.method == "POST":
        for choice in choices_in(request.POST):
            choose(user=request.user, topic=choice.topic.key, by_mail=choice.by_mail, in_app=choice.in_app)
        messages.success(request, "Your choices are saved.")
        return redirect("billing:notice_choices")
    typed = typed_before(request, fields=[SEEN])
    context = {"choices": choices_in(typed) if typed else choices_of(request.user), "seen_field": SEEN}
    return render(request, "billing/notices/choices.html", context)


@csrf_exempt  # a mail program posts here without a page of ours; the token in the address is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, or with a POST do it: a GET changes nothing, because mail scanners follow links."""
    user, topic_key = _named_in(token)
    topic = TOPICS[topic_key]
    done = request.method == "POST"
    if done:
        leave(user=user, topic=topic.key)
    context = {"topic": topic, "done": done and not topic.required, "required": topic.required}
    return render(request, "billing/notices/unsubscribe.html", context)


def _named_in(token: str) -> tuple[Any, str]:
    named = read_unsubscribe_token(token)
    if named is None or named[1] not in TOPICS:
        raise Http404("That link is not one of ours.")
    return get_object_or_404(get_user_model(), pk=named[0]), named[1]
