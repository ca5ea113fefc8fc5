"""The screens of one plan: create (or copy), edit, archive, restore, delete, and the preview of its card."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.text import slugify
from wagtail.admin import messages
from wagtail.admin.panels import ObjectList
from wagtail.log_actions import log
from wagtail_modeladmin.views import CreateView, EditView, InstanceSpecificView, WMABaseView

from billing.catalog.admin.forms import PlanForm
from billing.catalog.admin.panels import plan_form
from billing.catalog.cards import PlanCard, build_card
from billing.catalog.content import PlanContent
from billing.catalog.models import Plan, PlanFeature, PlanVersion, Price
from billing.catalog.pricing import features_of
from billing.catalog.queries import current_version
from billing.catalog.services import Outcome, SavedPlan, archive_plan, refuse_to_retire, restore_plan
from billing.kept_rows import KeptRowMixin

KEPT = "{count} {customers} on an earlier version and {keep} it."


class VersionFormMixin:
    """A form whose instance is the plan's current version, while the screen is about the plan."""

    is_new = False
    form: PlanForm

    def get_edit_handler(self) -> ObjectList:
        """The plan form, bound to the version."""
        return plan_form(is_new=self.is_new).bind_to_model(PlanVersion)

    def get_context_data(self, form: PlanForm | None = None, **kwargs: Any) -> dict[str, Any]:
        """The card as it stands, and where to ask for it while somebody types."""
        form = form or self.get_form()  # type: ignore[attr-defined]
        context: dict[str, Any] = super().get_context_data(form=form, **kwargs)  # type: ignore[misc]
        context["preview_url"] = self.url_helper.get_action_url("preview")  # type: ignore[attr-defined]
        return context

    def form_valid(self, form: PlanForm) -> HttpResponseBase:
        """Remember the form: the message tells what became of the versions."""
        self.form = form
        response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        return response

    def get_success_message(self, instance: Plan) -> str:
        """Which version the plan has now, and who keeps another."""
        return saved_in_words(self.form.saved)


class CreatePlanView(VersionFormMixin, CreateView):  # type: ignore[misc]
    """A new plan; ``?copy=<id>`` fills the form with another plan's words, prices and features."""

    is_new = True

    def get_instance(self) -> PlanVersion:
        """A version that is nowhere yet."""
        source = self.request.GET.get("copy", "")
        if not source.isdigit():
            return PlanVersion(plan=Plan(is_public=False))
        return _copy_of(get_object_or_404(Plan, pk=source))

    @property
    def create_url(self) -> str:
        """Where the form goes: a copy must be built anew from the same plan."""
        return str(self.request.get_full_path())


class EditPlanView(VersionFormMixin, EditView):  # type: ignore[misc]
    """An existing plan; saving may make its next version."""

    def get_instance(self) -> PlanVersion:
        """The version that new customers get."""
        version = current_version(self.instance) or PlanVersion()
        version.plan = self.instance
        return version


class MovePlanView(KeptRowMixin, InstanceSpecificView):  # type: ignore[misc]
    """Asks first, then archives the plan, or restores it where it is archived."""

    template_name = "modeladmin/billing/plan/archive.html"

    def get_page_title(self) -> str:
        """Which of the two it is."""
        return "Restore" if self.instance.archived_at else "Archive"

    def check_instance(self) -> None:
        """Nobody is asked about the free plan."""
        refuse_to_retire(plan=self.instance)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it, leave a trace, and say what it means."""
        return self._or_refuse(request, self._move)

    def _move(self, request: HttpRequest) -> HttpResponse:
        is_archived = self.instance.archived_at is not None
        restore_plan(plan=self.instance) if is_archived else archive_plan(plan=self.instance)
        log(instance=self.instance, action="billing.restore" if is_archived else "billing.archive")
        messages.success(request, _restored(self.instance) if is_archived else _archived(self.instance))
        return redirect(self.index_url)


class PreviewPlanView(WMABaseView):  # type: ignore[misc]
    """The card that the form would make, as far as it is filled in right. Writes nothing."""

    http_method_names = ["post"]

    def check_action_permitted(self, user: Any) -> bool:
        """Who may add plans or change them."""
        helper = self.permission_helper
        return bool(helper.user_can_create(user) or helper.user_can_edit_obj(user, Plan()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Render the card of what was sent."""
        form_class = plan_form(is_new=True).bind_to_model(PlanVersion).get_form_class()
        form: PlanForm = form_class(request.POST, instance=PlanVersion(plan=Plan()), for_user=request.user)
        form.is_valid()
        return TemplateResponse(request, "billing/admin/card_preview.html", {"card": _card_of(form)})


def saved_in_words(saved: SavedPlan) -> str:
    """“Plan “Team” saved as version 3. 12 customers are on an earlier version and keep it.”"""
    kept = ""
    if saved.kept_by:
        one = saved.kept_by == 1
        kept = " " + KEPT.format(
            count=saved.kept_by,
            customers="customer is" if one else "customers are",
            keep="keeps" if one else "keep",
        )
    if saved.outcome == Outcome.UNCHANGED:
        return f"Plan “{saved.plan}” saved. What it gives and costs is unchanged.{kept}"
    return f"Plan “{saved.plan}” saved as version {saved.version.number}.{kept}"


def _copy_of(plan: Plan) -> PlanVersion:
    version = current_version(plan) or PlanVersion()
    copied = Plan(
        name=f"Copy of {plan.name}",
        key=slugify(f"{plan.key}-copy"),
        tagline=plan.tagline,
        description=plan.description,
        position=plan.position,
        is_public=False,
    )
    prices, features = list(version.prices.all()), list(version.plan_features.all())
    return _draft(copied, PlanContent.of(version), prices, features)


def _card_of(form: PlanForm) -> PlanCard:
    content = form.content()
    prices = [
        Price(interval=interval, currency=currency, amount=amount)
        for (interval, currency), amount in content.prices.items()
    ]
    features = [PlanFeature(feature=row["feature"], value=row["value"]) for row in form.rows("plan_features")]
    version = _draft(form.plan, content, prices, features)
    version.plan.key = version.plan.key or "plan"
    return build_card(version, features_of([version]))


def _draft(plan: Plan, content: PlanContent, prices: list[Price], features: list[PlanFeature]) -> PlanVersion:
    """A version in memory only, with copies of the rows."""
    version = PlanVersion(plan=plan, **content.terms)
    version.prices = [
        Price(interval=row.interval, currency=row.currency, amount=row.amount) for row in prices
    ]
    version.plan_features = [PlanFeature(feature=row.feature, value=row.value) for row in features]
    return version


def _archived(plan: Plan) -> str:
    return f"Plan “{plan}” is archived: nobody new can buy it, who has it keeps it. Publish to tell Stripe."


def _restored(plan: Plan) -> str:
    return f"Plan “{plan}” is back, hidden for now: edit it to put it on the pricing page."
