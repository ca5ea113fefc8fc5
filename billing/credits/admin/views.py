"""The admin's own screens about credits: correct, give back, grant in bulk, and watch the whole."""

import base64
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from billing.actors import acting
from billing.credits.admin.bulk import LARGEST_FILE, BulkLine, UnreadableFile, grant_bulk, read_bulk
from billing.credits.admin.forms import AdjustForm, BulkForm, ReasonForm
from billing.credits.admin.monitoring import standing
from billing.credits.errors import CreditsRefused, InsufficientCredits, MoreThanThereIs
from billing.credits.grants import Terms, grant, take_back
from billing.credits.models import CreditEntry, CreditLot
from billing.credits.queries import balance
from billing.credits.services import reverse as give_back_entry
from billing.credits.telling import credits_in_words
from billing.customers.models import StripeCustomer

View = Callable[..., HttpResponse]
LIST = "billing_credit-accounts_modeladmin_index"
ENTRIES = "billing_credit-entries_modeladmin_index"
ALL_GIVEN_BACK = "All of it was given back before. Nothing was changed."


def allowed_to(permission: str) -> Callable[[View], View]:
    """Only for whoever has this permission about credit accounts; Wagtail has seen to the rest."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"billing.{permission}_creditaccount"):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


@require_http_methods(["GET", "HEAD", "POST"])
@allowed_to("change")
def adjust(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give credits or take some back, with a reason; a new entry, never an edit."""
    customer = get_object_or_404(StripeCustomer.objects.select_related("user"), pk=customer_id)
    form = AdjustForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with acting(user=request.user, why=form.cleaned_data["reason"]):
                told = _adjust(customer, form.cleaned_data, request.user)
        except InsufficientCredits as missing:
            form.add_error("amount", f"Only {credits_in_words(missing.available)} can be taken back.")
        except CreditsRefused as refusal:
            form.add_error("amount", refusal.sentence)
        else:
            messages.success(request, told)
            return redirect(LIST)
    context = {"form": form, "customer": customer, "balance": balance(customer)}
    return render(request, "billing/admin/credits/adjust.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed_to("change")
def give_back(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Give a spend back to the lots that paid for it."""
    kinds = (CreditEntry.Kind.SPEND, CreditEntry.Kind.CORRECT)
    entries = CreditEntry.objects.select_related("account__customer__user")
    entry = get_object_or_404(entries, pk=entry_id, kind__in=kinds)
    if request.method != "POST" and not _left_of(entry):
        messages.error(request, ALL_GIVEN_BACK)
        return redirect(ENTRIES)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, key = form.cleaned_data["reason"], f"give-back-{form.cleaned_data['number']}"
        try:
            given = give_back_entry(entry_id=entry.pk, key=key, reason=reason, by=request.user)
        except MoreThanThereIs:
            form.add_error(None, ALL_GIVEN_BACK)
        except CreditsRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            email = entry.account.customer.user.email
            amount = CreditEntry.objects.get(pk=given).amount
            messages.success(request, f"{email} has {credits_in_words(amount)} back.")
            return redirect(ENTRIES)
    context = {"form": form, "entry": entry}
    return render(
        request, "billing/admin/credits/give_back.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed_to("change")
def bulk(request: HttpRequest) -> HttpResponse:
    """A file is shown with its errors first; only a second step grants."""
    form = BulkForm(request.POST or None, request.FILES or None)
    content = _content(request, form)
    if content is None:
        status = 422 if request.method == "POST" else 200
        return render(request, "billing/admin/credits/bulk.html", {"form": form}, status=status)
    try:
        lines = read_bulk(content)
    except UnreadableFile as refusal:
        form.add_error("file", refusal.sentence)
        return render(request, "billing/admin/credits/bulk.html", {"form": form}, status=422)
    if "grant" in request.POST:
        return _grant(request, lines)
    context = {
        "form": form,
        "lines": lines,
        "fine": sum(not line.errors for line in lines),
        "content": base64.b64encode(content).decode(),
    }
    return render(request, "billing/admin/credits/bulk.html", context)


@require_safe
@allowed_to("view")
def monitor(request: HttpRequest) -> HttpResponse:
    """What is owed to customers, what ends soon, how fast credits are used, and what is odd."""
    return render(request, "billing/admin/credits/monitor.html", {"standing": standing()})


def _adjust(customer: StripeCustomer, told: dict[str, Any], by: Any) -> str:
    amount, number = told["amount"], told["number"]
    if told["action"] == AdjustForm.TAKE:
        take_back(customer=customer, amount=amount, key=f"take-{number}", reason=told["reason"], by=by)
        return f"{customer.user.email} has {credits_in_words(amount)} less."
    terms = Terms(CreditLot.Source.ADMIN, str(number), expires_at=told["expires_at"])
    grant(customer=customer, amount=amount, terms=terms, reason=told["reason"], by=by)
    return f"{customer.user.email} has {credits_in_words(amount)} more."


def _left_of(entry: CreditEntry) -> Decimal:
    back = entry.reversals.aggregate(sum=Sum("amount"))["sum"]
    left: Decimal = -entry.amount - (back or 0)
    return left


def _content(request: HttpRequest, form: BulkForm) -> bytes | None:
    """What was uploaded, or what the preview sends along."""
    if request.method != "POST":
        return None
    if "content" in request.POST:
        try:
            return base64.b64decode(request.POST["content"], validate=True)
        except ValueError:
            return None
    if not form.is_valid():
        return None
    content: bytes = form.cleaned_data["file"].read(LARGEST_FILE + 1)
    return content


def _grant(request: HttpRequest, lines: list[BulkLine]) -> HttpResponse:
    with acting(user=request.user, why="Bulk grant of credits"):
        given, before = grant_bulk(lines, by=request.user)
    wrong = sum(bool(line.errors) for line in lines)
    told = f"Granted now: {given} of {len(lines)} lines. Granted before: {before}. Left out: {wrong}."
    (messages.warning if wrong else messages.success)(request, told)
    return redirect(LIST)
