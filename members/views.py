"""Dashboard and settings: what a signed-in person sees first, and what they may change."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.decorators import rate_limit
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.api import StripeFailure, refill
from members.closing import UNDO, ask_to_close, keep_open
from members.dashboard import dashboard_of
from members.forms import ProfileForm
from members.models import CustomUser

CORNER_SECONDS = 30


@login_required
@never_cache
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """The plan, the next payment, and what to do next."""
    return render(request, "members/dashboard.html", {"dashboard": dashboard_of(_person(request))})


@require_GET
def corner(request: HttpRequest) -> HttpResponse:
    """The reader's own corner of a page that was kept for many; their browser may keep it for a moment."""
    response = render(request, "members/corner.html")
    patch_cache_control(response, private=True, max_age=CORNER_SECONDS)
    patch_vary_headers(response, ["Cookie"])
    return response


@login_required
@rate_limit(action="change_profile")
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name and picture."""
    form = ProfileForm(request.POST or None, request.FILES or None, instance=_person(request))
    refill(form, request)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        return redirect("members:settings")
    status = 422 if form.errors else 200
    return render(request, "members/profile.html", {"form": form}, status=status)


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one of the person's own devices out; somebody else's session does not exist here."""
    sessions: QuerySet[UserSession] = UserSession.objects.filter(user=request.user)
    session = get_object_or_404(sessions, pk=pk)
    end_sessions(request, [session])
    messages.success(request, "That device is signed out.")
    return redirect("usersessions_list")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)
def close(request: HttpRequest) -> HttpResponse:
    """Say what closing the account means; a POST begins it, after the password was given just now."""
    person = _person(request)
    if request.method == "POST" and not person.may_enter_admin:
        try:
            ask_to_close(person)
        except StripeFailure as failure:
            messages.error(
                request, f"Nothing was closed, because your plan could not be ended. {failure.sentence}"
            )
        return redirect("members:close")
    context = {"closing_at": person.closing_at, "is_staff": person.may_enter_admin, "days": UNDO.days}
    return render(request, "members/close.html", context)


@login_required
@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """Keep the account after all."""
    try:
        keep_open(_person(request))
    except StripeFailure as failure:
        messages.error(request, f"That did not work. {failure.sentence}")
    else:
        messages.success(request, "Your account stays, and so does everything in it.")
    return redirect("members:close")


def _person(request: HttpRequest) -> CustomUser:
    return cast(CustomUser, request.user)
