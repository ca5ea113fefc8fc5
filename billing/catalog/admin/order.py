"""The page that orders plans: a button up and a button down for each, nothing else needed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from wagtail_modeladmin.views import WMABaseView

from billing.catalog.models import Plan
from billing.catalog.order import shift_plan


class OrderPlansView(WMABaseView):  # type: ignore[misc]
    """All plans in their order; a POST shifts one of them."""

    template_name = "modeladmin/billing/plan/order.html"
    page_title = "Order of the plans"

    def check_action_permitted(self, user: Any) -> bool:
        """Who may change plans."""
        return bool(self.permission_helper.user_can_edit_obj(user, Plan()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The plans."""
        return super().get_context_data(plans=Plan.objects.all(), **kwargs)  # type: ignore[no-any-return]

    def post(self, request: HttpRequest) -> HttpResponse:
        """``up`` or ``down`` carries the plan's number."""
        direction = "up" if "up" in request.POST else "down"
        number = request.POST.get(direction, "")
        plan = get_object_or_404(Plan, pk=number if number.isdecimal() and len(number) < 19 else 0)
        shift_plan(plan=plan, up=direction == "up")
        return redirect(f"{request.path}#plan-{plan.pk}")
