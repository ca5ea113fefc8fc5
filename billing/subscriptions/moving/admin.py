"""Moves in the admin: the way there from a version, what a move would do, its progress, and the way back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from wagtail_modeladmin.views import InstanceSpecificView

from billing.catalog.admin.versions import PlanVersionAdmin
from billing.catalog.models import PlanVersion
from billing.kept_rows import KeptRowMixin
from billing.row_actions import Action, ActionsMixin, ConfirmView
from billing.screens import ReadOnlyAdmin, ReadOnlyInspectView, ViewPermissionHelper, described, status_tag
from billing.subscriptions.moving.models import BUSY, UNDER_WAY, MovedSubscription, VersionMove
from billing.subscriptions.moving.preview import holders_of, preview_move
from billing.subscriptions.moving.services import UNDONE_ALREADY, request_move, request_undo, try_again

State = MovedSubscription.State
SHOWN = 50


class MoveForm(forms.Form):
    """Where to, when, and why."""

    target = forms.ModelChoiceField(
        PlanVersion.objects.none(), label="To", empty_label=None, error_messages={"required": "Choose one."}
    )
    when = forms.ChoiceField(
        choices=VersionMove.When.choices, widget=forms.RadioSelect, initial=VersionMove.When.NOW, label="When"
    )
    why = forms.CharField(
        label="Why", max_length=300, required=False, help_text="Kept with the move and in the audit log."
    )

    def __init__(self, *args: Any, source: PlanVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = PlanVersion.objects.filter(plan=source.plan).exclude(pk=source.pk).order_by("-number")
        self.fields["target"].queryset = others.select_related("plan")  # type: ignore[attr-defined]
        self.fields["target"].initial = others.filter(is_current=True).first() or others.first()


class MoveCustomersView(KeptRowMixin, InstanceSpecificView):  # type: ignore[misc]
    """First what a move would do, then the button that begins it."""

    template_name = "modeladmin/billing/planversion/move.html"
    page_title = "Move the customers of"

    def check_action_permitted(self, user: Any) -> bool:
        """Who may add moves."""
        return bool(user.has_perm("billing.add_versionmove"))

    def check_instance(self) -> None:
        """Where somebody holds it, and one move at a time."""
        if self.instance.moves_away.filter(state__in=BUSY).exists():
            raise ValidationError(UNDER_WAY)
        if not holders_of(self.instance).exists():
            raise ValidationError("Nobody has this version now, so there is nobody to move.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The preview of what the form says."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form: MoveForm = context.setdefault("form", self._form())
        target = form.cleaned_data.get("target") if form.is_bound and form.is_valid() else None
        target = target or form.fields["target"].initial
        if target is not None:
            context["target"] = target
            context["preview"] = preview_move(source=self.instance, target=target)
            context["holders"] = holders_of(self.instance).select_related("customer__user", "price")[:SHOWN]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Begin the move."""
        return self._or_refuse(request, self._begin)

    def _begin(self, request: HttpRequest) -> HttpResponseBase:
        form = MoveForm(request.POST, source=self.instance)
        if form.is_valid():
            try:
                move = request_move(source=self.instance, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, " ".join(refusal.messages))
            else:
                messages.success(request, "The move has begun. This page follows it; you may go on working.")
                return redirect("billing_moves_modeladmin_inspect", move.pk)
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return response

    def _form(self) -> MoveForm:
        return MoveForm(self.request.GET if "target" in self.request.GET else None, source=self.instance)


class MovablePlanVersionAdmin(ActionsMixin, PlanVersionAdmin):
    """The history of every plan, with the way to move customers from one version to another."""

    row_views = {"customers": MoveCustomersView}

    def row_actions(self, user: Any, version: PlanVersion) -> Iterator[Action]:
        """Where somebody holds it."""
        if _is_held(version) and user.has_perm("billing.add_versionmove"):
            yield "customers", "Move customers", f"Move the customers of {version} to another version"


class MovePermissionHelper(ViewPermissionHelper):
    """Who may view may look; who may change may undo."""

    def user_can_decide(self, user: Any) -> bool:
        """Undo, or try again."""
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("change")))


class MoveDecisionView(ConfirmView):
    """The base of both decisions about a move."""

    def next_url(self) -> str:
        """Back to its progress."""
        return str(self.url_helper.get_action_url("inspect", self.pk_quoted))


class UndoMoveView(MoveDecisionView):
    """Puts everybody back."""

    page_title = "Undo"
    button = "Put them back"
    is_serious = True
    form_class = forms.Form
    sentences = (
        "Everybody who has not changed their plan since gets back what they had, at the price they paid.",
        "Who has changed, or ended, is left as they are. Who was not moved yet will not be.",
        "Whoever was told of the move gets a mail that it is taken back.",
    )

    def check_instance(self) -> None:
        """Once."""
        if _is_undoing(self.instance):
            raise ValidationError(UNDONE_ALREADY)

    def act(self, answers: Mapping[str, Any]) -> str:
        """Begin to undo."""
        request_undo(move=self.instance)
        return "They are being put back. This page follows it."


class TryAgainView(MoveDecisionView):
    """Moves those for whom it failed."""

    page_title = "Try again"
    button = "Try again"
    form_class = forms.Form
    sentences = ("Those for whom it failed are moved once more. Look at their reasons first.",)

    def check_instance(self) -> None:
        """Where it failed for somebody."""
        if not self.instance.rows.filter(state=State.FAILED).exists():
            raise ValidationError("It failed for nobody, so there is nobody to try again.")

    def act(self, answers: Mapping[str, Any]) -> str:
        """Begin again."""
        return f"{try_again(move=self.instance)} are tried again."


class MoveInspectView(ReadOnlyInspectView):
    """How far a move is; the page comes anew by itself while it goes on."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Counts, and the rows that need somebody."""
        move: VersionMove = self.instance
        counts = Counter(dict(move.rows.order_by().values_list("state").annotate(Count("pk"))))
        waiting = counts[State.WAITING] + counts[State.TOLD]
        total = sum(counts.values())
        is_busy = move.rows.filter(state=State.WAITING).exists() and move.when == VersionMove.When.NOW
        return super().get_context_data(  # type: ignore[no-any-return]
            counts=[(State(state).label, counts[state]) for state in State.values if counts[state]],
            total=total,
            finished=total - waiting - (counts[State.DONE] if _is_undoing(move) else 0),
            is_busy=is_busy or move.state == VersionMove.State.UNDOING,
            attention=move.rows.filter(state__in=[State.FAILED, State.SKIPPED, State.KEPT]).select_related(
                "subscription__customer__user"
            )[:SHOWN],
            may_decide=self.permission_helper.user_can_decide(self.request.user),
            can_try_again=bool(counts[State.FAILED]),
            **kwargs,
        )


class MoveAdmin(ActionsMixin, ReadOnlyAdmin):
    """Every move of customers, newest first."""

    model = VersionMove
    menu_label = "Moves"
    menu_icon = "redirect"
    base_url_path = "billing/moves"
    export_filename = "moves"
    empty_text = (
        "Customers keep the version of a plan that they bought. "
        "To move them to another one, begin at “Versions”."
    )
    list_display = ["__str__", "state_tag", "progress", "when_name", "why", "by", "requested_at"]
    list_export = [
        "source",
        "target",
        "when",
        "state",
        "progress",
        "why",
        "by",
        "requested_at",
        "finished_at",
    ]
    list_filter = ["state", "source__plan", "requested_at"]
    list_select_related = ["source__plan", "target", "requested_by"]
    search_fields = ["source__plan__name", "source__plan__key", "why", "requested_by__email"]
    ordering = ["-requested_at"]
    permission_helper_class = MovePermissionHelper
    inspect_view_class = MoveInspectView
    inspect_template_name = "modeladmin/billing/versionmove/inspect.html"
    inspect_view_fields = [
        "source",
        "target",
        "state_tag",
        "when_name",
        "why",
        "by",
        "requested_at",
        "finished_at",
    ]
    inspect_view_extra_js = ["billing/progress.js"]
    row_views = {"undo": UndoMoveView, "again": TryAgainView}

    def get_queryset(self, request: HttpRequest) -> QuerySet[VersionMove]:
        """Moves with their counts."""
        waiting = Count("rows", filter=Q(rows__state__in=[State.WAITING, State.TOLD]))
        moved = Count("rows", filter=Q(rows__state=State.DONE))
        return VersionMove.objects.annotate(row_count=Count("rows"), waiting=waiting, moved=moved)

    def row_actions(self, user: Any, move: VersionMove) -> Iterator[Action]:
        """The way back."""
        if not _is_undoing(move) and self.permission_helper.user_can_decide(user):
            yield "undo", "Undo", f"Put back those who were moved from {move}"

    @described("state", order="state")
    def state_tag(self, move: VersionMove) -> SafeString:
        """Under way, done or undone."""
        return status_tag(move.get_state_display().lower(), primary=move.state == VersionMove.State.DONE)

    @described("progress")
    def progress(self, move: VersionMove) -> str:
        """How many of how many."""
        left = move.waiting + (move.moved if _is_undoing(move) else 0)  # type: ignore[attr-defined]
        return f"{move.row_count - left} of {move.row_count}"  # type: ignore[attr-defined]

    @described("when", order="when")
    def when_name(self, move: VersionMove) -> str:
        """Now, or with each one's period."""
        return move.get_when_display().lower()

    @described("by", order="requested_by__email")
    def by(self, move: VersionMove) -> str:
        """Who asked for it."""
        return move.requested_by.email if move.requested_by else ""


def _is_held(version: Any) -> bool:
    """The list has counted for all of its rows at once; the page of one version looks now."""
    if hasattr(version, "customer_count"):
        return bool(version.customer_count)
    return holders_of(version).exists()


def _is_undoing(move: VersionMove) -> bool:
    return move.state in {VersionMove.State.UNDOING, VersionMove.State.UNDONE}
