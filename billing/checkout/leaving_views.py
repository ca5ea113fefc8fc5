"""The way out, and back: the end of a plan, and keeping it after all."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from billing.checkout.leaving import NotAllowed, leave, stay
from billing.checkout.leaving_settings import LeavingSettings
from billing.checkout.queries import subscription_of
from billing.gateway.errors import StripeFailure
from billing.limits import limited
from billing.redirects import see_other
from billing.refilling import refill

AT_ONCE, AT_PERIOD_END = "now", "period_end"


class LeavingForm(forms.Form):
    """Why, if they want to say it, and when, if the site lets them choose."""

    reason = forms.ChoiceField(required=False, label="Why do you leave? (optional)", widget=forms.RadioSelect)
    comment = forms.CharField(
        required=False,
        max_length=2000,
        label="What could we have done better?",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    when = forms.ChoiceField(label="When shall it end?", widget=forms.RadioSelect, initial=AT_PERIOD_END)

    def __init__(self, *args: object, settings: LeavingSettings, last_day: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        reasons = [(reason, reason) for reason in settings.choices]
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]
        self.fields["when"].choices = [  # type: ignore[attr-defined]
            (AT_PERIOD_END, f"On {last_day}, when the paid time is over"),
            (AT_ONCE, "At once; nothing is given back"),
        ]
        if not reasons:
            del self.fields["reason"]
        if not settings.may_end_at_once:
            del self.fields["when"]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("leave", per_minute=10, methods=frozenset({"POST"}))
def leaving(request: HttpRequest) -> HttpResponse:
    """Say what ending means, ask why, and do it."""
    subscription = subscription_of(request.user)
    if subscription is None or subscription.cancel_at:
        return redirect("billing:overview")
    settings = LeavingSettings.load(request_or_site=request)
    last_day = f"{subscription.current_period_end:%-d %B %Y}"
    form = LeavingForm(request.POST or None, settings=settings, last_day=last_day)
    refill(form, request)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "settings": settings, "subscription": subscription}
        status = 422 if request.method == "POST" else 200
        return render(request, "billing/leaving.html", context, status=status)
    told = form.cleaned_data
    try:
        leave(
            subscription=subscription,
            reason=told.get("reason", ""),
            comment=told["comment"],
            at_once=told.get("when") == AT_ONCE,
        )
    except (StripeFailure, NotAllowed) as failure:
        sentence = failure.sentence if isinstance(failure, StripeFailure) else "That is not possible here."
        messages.error(request, f"Your plan was not cancelled. {sentence}")
        return redirect("billing:leave")
    messages.success(
        request, f"{subscription.version.plan.name} is cancelled. Your billing shows until when you have it."
    )
    return see_other(reverse("billing:overview"))


@never_cache
@login_required
@require_POST
@limited("stay", per_minute=10, methods=frozenset({"POST"}))
def staying(request: HttpRequest) -> HttpResponse:
    """Keep the plan after all."""
    subscription = subscription_of(request.user)
    if subscription is None:
        return redirect("billing:overview")
    try:
        stay(subscription=subscription)
    except StripeFailure as failure:
        messages.error(request, f"The cancellation was not taken back. {failure.sentence}")
    else:
        messages.success(request, f"You keep {subscription.version.plan.name}. Everything goes on as before.")
    return see_other(reverse("billing:overview"))
